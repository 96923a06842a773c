#include "ready/sync_dmabuf.hpp"

#include <cerrno>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>

namespace tarmac {

WorkerPool::Outcome sync_dmabuf(int dmabuf, std::uint64_t flags, Interrupter& interrupter) {
    using Clock = std::chrono::steady_clock;
    const bool is_end = (flags & DMA_BUF_SYNC_END) != 0;
    dma_buf_sync request{.flags = flags};
    int result;
    const auto patient_until = Clock::now() + Interrupter::Patience;
    interrupter.start();
    do
        result = ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &request) == 0 ? 0 : errno;
    while ((result == EINTR || result == EAGAIN) && (is_end || Clock::now() < patient_until));
    interrupter.stop();
    if (result == 0)
        return WorkerPool::Outcome::Done;
    return result == EINTR || result == EAGAIN ? WorkerPool::Outcome::Busy
                                               : WorkerPool::Outcome::Failed;
}

} // namespace tarmac
