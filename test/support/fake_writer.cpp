#include "support/fake_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <drm/vgem_drm.h>
#include <xf86drm.h>

#include "support/dmabuf_source.hpp"

namespace test {

FakeUser::FakeUser(const tarmac::Fd& dmabuf, bool writes) : vgem_{open_drm_driver("vgem")} {
    if (!vgem_)
        SKIP(missing(Exporter::Vgem));
    drm_vgem_fence_attach attach = {.handle = 0,
                                    .flags = writes ? std::uint32_t{VGEM_FENCE_WRITE} : 0,
                                    .out_fence = 0,
                                    .pad = 0};
    REQUIRE(drmPrimeFDToHandle(vgem_.get(), dmabuf.get(), &attach.handle) == 0);
    REQUIRE(drmIoctl(vgem_.get(), DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) == 0);
    fence_ = attach.out_fence;
}

FakeUser::~FakeUser() {
    drm_vgem_fence_signal signal = {.fence = fence_, .flags = 0};
    drmIoctl(vgem_.get(), DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
}

} // namespace test
