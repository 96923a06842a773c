#include "support/fake_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <drm/vgem_drm.h>
#include <memory>
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

drm_vgem_fence_attach request_for(const tarmac::Fd& vgem, const tarmac::Fd& dmabuf, bool writes) {
    drm_vgem_fence_attach attach = {.handle = 0,
                                    .flags = writes ? std::uint32_t{VGEM_FENCE_WRITE} : 0,
                                    .out_fence = 0,
                                    .pad = 0};
    REQUIRE(drmPrimeFDToHandle(vgem.get(), dmabuf.get(), &attach.handle) == 0);
    return attach;
}

} // namespace

FakeUser::FakeUser(const tarmac::Fd& dmabuf, bool writes) : vgem_{open_vgem()} {
    drm_vgem_fence_attach attach = request_for(vgem_, dmabuf, writes);
    REQUIRE(drmIoctl(vgem_.get(), DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) == 0);
    fence_ = attach.out_fence;
}

FakeUser::~FakeUser() {
    drm_vgem_fence_signal signal = {.fence = fence_, .flags = 0};
    drmIoctl(vgem_.get(), DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
}

RestlessWriter::RestlessWriter(const tarmac::Fd& dmabuf) {
    auto vgem = std::make_shared<tarmac::Fd>(open_vgem());
    thread_ = std::jthread{
        [vgem, attach = request_for(*vgem, dmabuf, true)](const std::stop_token& stop) mutable {
            while (!stop.stop_requested()) {
                if (drmIoctl(vgem->get(), DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) != 0)
                    continue;
                drm_vgem_fence_signal signal = {.fence = attach.out_fence, .flags = 0};
                drmIoctl(vgem->get(), DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
            }
        }};
}

} // namespace test
