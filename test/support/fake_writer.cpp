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

drm_vgem_fence_attach write_request(const tarmac::Fd& vgem, const tarmac::Fd& dmabuf) {
    drm_vgem_fence_attach attach = {
        .handle = 0, .flags = VGEM_FENCE_WRITE, .out_fence = 0, .pad = 0};
    REQUIRE(drmPrimeFDToHandle(vgem.get(), dmabuf.get(), &attach.handle) == 0);
    return attach;
}

} // namespace

FakeUser::FakeUser(const tarmac::Fd& dmabuf, bool writes) {
    if (!timeline_)
        SKIP("sw_sync can't be opened");
    const tarmac::Fd fence = timeline_.add();
    REQUIRE(fence);
    REQUIRE(attach(dmabuf, fence, writes));
}

FakeUser::~FakeUser() {
    // Without it the fence would end with an error.
    timeline_.signal();
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
