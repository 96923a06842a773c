#include "support/fake_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <drm/vgem_drm.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <memory>
#include <sys/ioctl.h>
#include <xf86drm.h>

#include "support/dmabuf_source.hpp"

namespace test {

namespace {

tarmac::Fd open_vgem() {
    tarmac::Fd vgem = open_drm_driver("vgem");
    if (!vgem)
        SKIP(missing(Exporter::Vgem));
    return vgem;
}

drm_vgem_fence_attach write_request(const tarmac::Fd& vgem, const tarmac::Fd& dmabuf) {
    drm_vgem_fence_attach attach = {
        .handle = 0, .flags = VGEM_FENCE_WRITE, .out_fence = 0, .pad = 0};
    REQUIRE(drmPrimeFDToHandle(vgem.get(), dmabuf.get(), &attach.handle) == 0);
    return attach;
}

/// What the kernel's drivers/dma-buf/sw_sync.c takes, which no header has.
struct SwSyncFence {
    std::uint32_t value;
    char name[32];
    std::int32_t fence;
};
constexpr unsigned long SwSyncCreateFence = _IOWR('W', 0, SwSyncFence);
constexpr unsigned long SwSyncAdvance = _IOW('W', 1, std::uint32_t);
constexpr const char* SwSync = "/sys/kernel/debug/sync/sw_sync";

} // namespace

FakeUser::FakeUser(const tarmac::Fd& dmabuf, bool writes)
    : timeline_{open(SwSync, O_RDWR | O_CLOEXEC)} {
    if (!timeline_)
        SKIP(SwSync << " can't be opened");
    SwSyncFence made = {.value = 1, .name = "fake user", .fence = -1};
    REQUIRE(ioctl(timeline_.get(), SwSyncCreateFence, &made) == 0);
    const tarmac::Fd fence{made.fence};
    dma_buf_import_sync_file import = {
        .flags = static_cast<std::uint32_t>(writes ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ),
        .fd = fence.get()};
    REQUIRE(ioctl(dmabuf.get(), DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import) == 0);
}

FakeUser::~FakeUser() {
    // Without it the fence would end with an error.
    std::uint32_t steps = 1;
    ioctl(timeline_.get(), SwSyncAdvance, &steps);
}

RestlessWriter::RestlessWriter(const tarmac::Fd& dmabuf) {
    auto vgem = std::make_shared<tarmac::Fd>(open_vgem());
    thread_ = std::jthread{
        [vgem, attach = write_request(*vgem, dmabuf)](const std::stop_token& stop) mutable {
            while (!stop.stop_requested()) {
                if (drmIoctl(vgem->get(), DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) != 0)
                    continue;
                drm_vgem_fence_signal signal = {.fence = attach.out_fence, .flags = 0};
                drmIoctl(vgem->get(), DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
            }
        }};
}

} // namespace test
