#include "support/sw_sync.hpp"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>

namespace test {

using tarmac::Fd;

namespace {

/// What the kernel takes, which no header has.
struct Fence {
    std::uint32_t value;
    char name[32];
    std::int32_t fence;
};
constexpr unsigned long CreateFence = _IOWR('W', 0, Fence);
constexpr unsigned long Advance = _IOW('W', 1, std::uint32_t);

} // namespace

SwSync::SwSync() : timeline_{open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC)} {}

Fd SwSync::add() {
    Fence made = {.value = signalled_ + 1, .name = "fake user", .fence = -1};
    return Fd{ioctl(timeline_.get(), CreateFence, &made) == 0 ? made.fence : -1};
}

void SwSync::signal() {
    std::uint32_t steps = 1;
    ioctl(timeline_.get(), Advance, &steps);
    ++signalled_;
}

bool attach(const Fd& dmabuf, const Fd& sync_file, bool writes) {
    dma_buf_import_sync_file import = {
        .flags = static_cast<std::uint32_t>(writes ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ),
        .fd = sync_file.get()};
    return ioctl(dmabuf.get(), DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import) == 0;
}

} // namespace test
