#include "fuzz/wire_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "support/dmabuf_source.hpp"
#include "support/render_node.hpp"

namespace fuzz {

using tarmac::Fd;

namespace {

constexpr std::size_t PageSize = 4096;
constexpr std::size_t DmabufSizes[Memory::NDmabufs] = {4 * PageSize, PageSize, 16 * PageSize,
                                                       4 * PageSize};
// Fences of one context replace each other, and many at once show nothing new.
constexpr unsigned MostUses = 8;

Fd open_pipe() {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) == 0)
        close(ends[1]);
    return Fd{ends[0]};
}

Fd open_memory() {
    Fd fd{memfd_create("tarmac-fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    // Nobody can shrink it: what wl_shm does then is libwayland's own affair.
    if (ftruncate(fd.get(), 16 * PageSize) == 0)
        fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK);
    return fd;
}

} // namespace

Memory& Memory::shared() {
    static Memory memory;
    return memory;
}

Memory::Memory() : device_{open(test::RenderNode, O_RDWR | O_CLOEXEC)} {
    for (unsigned i = 0; i < NDmabufs; ++i) {
        // The last one is of an exporter whose memory isn't there before somebody maps it.
        const auto exporter = i + 1 < NDmabufs ? test::Exporter::Udmabuf : test::Exporter::Vgem;
        fds_.push_back(test::allocate_dmabuf(exporter, DmabufSizes[i]));
    }
    fds_.push_back(open_memory());
    fds_.push_back(open_pipe());
    fds_.emplace_back(open("/dev/null", O_RDWR | O_CLOEXEC));
    fds_.emplace_back(open("/", O_PATH | O_CLOEXEC));
    if (!device_ || drmSyncobjCreate(device_.get(), 0, &timeline_) != 0)
        return;
    int fd = -1;
    drmSyncobjHandleToFD(device_.get(), timeline_, &fd);
    timeline_fd_ = Fd{fd};
}

void Memory::begin_use(unsigned dmabuf, bool writes) {
    dmabuf %= NDmabufs;
    Users& users = users_[dmabuf];
    if (!users.fences || users.n == MostUses)
        return;
    if (const Fd fence = users.fences.add()) {
        test::attach(fds_[dmabuf], fence, writes);
        ++users.n;
    }
}

void Memory::end_use(unsigned dmabuf) {
    Users& users = users_[dmabuf % NDmabufs];
    if (users.n > 0)
        users.fences.signal();
    users.n = 0;
}

void Memory::signal_point(std::uint64_t point) {
    if (timeline_ == 0)
        return;
    is_timeline_used_ = true;
    drmSyncobjTimelineSignal(device_.get(), &timeline_, &point, 1);
}

void Memory::reset() {
    for (unsigned i = 0; i < NDmabufs; ++i)
        end_use(i);
    if (std::exchange(is_timeline_used_, false))
        drmSyncobjReset(device_.get(), &timeline_, 1);
}

} // namespace fuzz
