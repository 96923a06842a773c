// A buffer in another format than its memory was made for, which breaks the context on the host of
// whoever draws it, or draws to it.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <wayland-client.h>

#include "gpu/stage.hpp"
#include "support/capture.hpp"

using namespace test;

namespace {

constexpr int Width = 128, Height = 96;
const std::vector<std::string> ScreenSize = {"--size", "320x240"};

wl_buffer* announce_as_rg16(RawClient& client, const GpuBuffer& buffer) {
    RawClient::Params* params;
    REQUIRE(buffer.announce(client, params, buffer.modifier, DRM_FORMAT_RGB565) ==
            Answer{Answer::Created, 0, {}});
    return params->buffer;
}

} // namespace

TEST_CASE("a buffer that breaks the context is refused, and harms nobody else") {
    CompositorProcess compositor{ScreenSize, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient liar = compositor.connect(5);
    Window window{liar};
    const GpuBuffer buffer = gpu.allocate(Width, Height);
    commit(window, announce_as_rg16(liar, buffer));
    REQUIRE(liar.round_trip());
    const std::string first = compositor.process().await_line("tarmac: refused");
    CHECK(first.contains("fatal=no"));
    CHECK(first.contains("breaks the context"));
    check_newcomer(compositor, gpu);
    // What it shows in the right format is drawn.
    gpu.draw(buffer, Colors);
    window.show(buffer.announce(liar));
    commit(window, announce_as_rg16(liar, gpu.allocate(Width, Height)));
    liar.round_trip();
    CHECK(compositor.process().await_line("tarmac: refused").contains("fatal=yes"));
    CHECK_FALSE(liar.round_trip());
    check_newcomer(compositor, gpu);
}

TEST_CASE(
    "a capture into a new buffer is made at once, and harms nobody if it breaks the context") {
    CompositorProcess compositor{ScreenSize, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient client = compositor.connect(5);
    auto* output = static_cast<wl_output*>(client.bind_global(&wl_output_interface, 1));
    {
        Screencopy capture{client, output};
        REQUIRE(capture.fourcc() == DRM_FORMAT_XRGB8888);
        const GpuBuffer buffer = gpu.allocate(capture.width(), capture.height());
        CHECK(capture.into(buffer.announce(client)) == Captured{Captured::Ready});
    }
    {
        Screencopy capture{client, output};
        const GpuBuffer wider =
            gpu.allocate(capture.width(), capture.height(), GBM_FORMAT_ABGR16161616F);
        RawClient::Params* params;
        REQUIRE(wider.announce(client, params, wider.modifier, DRM_FORMAT_XRGB8888) ==
                Answer{Answer::Created, 0, {}});
        CHECK(capture.into(params->buffer).kind != Captured::Ready);
    }
    wl_output_destroy(output);
    check_newcomer(compositor, gpu);
}
