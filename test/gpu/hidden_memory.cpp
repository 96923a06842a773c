// A GPU whose memory is the host's: a mapping of its buffers shows something else.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <sys/stat.h>

#include "dmabuf/device.hpp"
#include "dmabuf/memory_kind.hpp"
#include "gpu/stage.hpp"

using namespace test;

namespace {

tarmac::MemoryKind kind_of(const tarmac::Fd& dmabuf, std::uint32_t stride) {
    tarmac::DmabufDescription description{.width = 16,
                                          .height = 16,
                                          .fourcc = DRM_FORMAT_XRGB8888,
                                          .n_planes = 1,
                                          .modifier = DRM_FORMAT_MOD_LINEAR,
                                          .planes = {}};
    description.planes[0] = {*dmabuf.duplicate(), 0, stride};
    const auto image = tarmac::Dmabuf::create(std::move(description));
    REQUIRE(image);
    return tarmac::memory_kind(*image);
}

} // namespace

TEST_CASE("of each exporter it is known whether its memory can be read") {
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    const GpuBuffer buffer =
        gpu.allocate(16, 16, GBM_FORMAT_XRGB8888, GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR);
    CHECK(kind_of(buffer.dmabuf, gbm_bo_get_stride(buffer.bo.get())) == tarmac::MemoryKind::Hidden);
    for (const Exporter exporter : AllExporters) {
        INFO(name_of(exporter));
        if (missing(exporter).empty())
            CHECK(kind_of(allocate_dmabuf(exporter, 16 * 16 * 4), 16 * 4) ==
                  tarmac::MemoryKind::Pages);
    }
}

TEST_CASE("what a mapping would show wrong is refused where nothing imports it") {
    Stage stage = gpu_stage("pixman");
    CompositorProcess compositor{{"--size", "320x240"}, stage};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient client = compositor.connect(4);
    const GpuBuffer buffer =
        gpu.allocate(128, 96, GBM_FORMAT_XRGB8888, GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR);
    gpu.draw(buffer, Colors);
    gpu.finish();
    RawClient::Params* params;
    CHECK(buffer.announce(client, params, DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_XRGB8888) ==
          Answer{Answer::Failed, 0, {}});
    CHECK(compositor.process().await_line("tarmac: refused").contains("a mapping of this device"));
    // Its layout isn't known to be linear, and memory of nobody's is what is offered.
    CHECK(client.knows({DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}));
}
