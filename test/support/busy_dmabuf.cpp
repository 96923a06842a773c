#include "support/busy_dmabuf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <drm/vgem_drm.h>
#include <xf86drm.h>

#include "support/dmabuf_source.hpp"

namespace test {

BusyDmabuf::BusyDmabuf(std::size_t size) {
    if (const std::string reason = missing(Exporter::Vgem); !reason.empty())
        SKIP(reason);
    dmabuf_ = allocate_dmabuf(Exporter::Vgem, size);
    card_ = open_drm_driver("vgem");
    drm_vgem_fence_attach attach = {
        .handle = 0, .flags = VGEM_FENCE_WRITE, .out_fence = 0, .pad = 0};
    REQUIRE(drmPrimeFDToHandle(card_.get(), dmabuf_.get(), &attach.handle) == 0);
    REQUIRE(drmIoctl(card_.get(), DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) == 0);
    fence_ = attach.out_fence;
}

BusyDmabuf::~BusyDmabuf() {
    drm_vgem_fence_signal signal = {.fence = fence_, .flags = 0};
    drmIoctl(card_.get(), DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
}

} // namespace test
