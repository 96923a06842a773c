// A GPU that is reset takes its renderer with it. Clients needn't notice.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <wayland-client.h>

#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;

struct Shown {
    RawClient client;
    Window window{client};
    ImageBuffer image;
    int releases = 0;

    Shown(const CompositorProcess& compositor, std::uint32_t fourcc,
          const std::vector<std::vector<std::uint8_t>>& blocks)
        : client{6, compositor.open_socket()}, image{client, fourcc, Width, Height} {
        static constexpr wl_buffer_listener events = {
            .release = [](void* data, wl_buffer*) { ++static_cast<Shown*>(data)->releases; },
        };
        wl_buffer_add_listener(image.get(), &events, this);
        image.fill(image.whole(), blocks);
        window.show(image.get());
    }
};

} // namespace

TEST_CASE("pictures stay when the renderer is replaced, and clients go on") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{"--size", "320x240"}, stage_of(renderer)};
    Shown rgb{compositor, DRM_FORMAT_XRGB8888, {{10, 90, 200, 0}}};
    Shown yuv{compositor, DRM_FORMAT_NV12, {{160}, {80, 150}}};
    const ToldFeedback& told = rgb.client.feedback();
    const std::size_t tranches = told.tranches.size();
    const Picture before = take_screenshot(compositor.socket());
    const int releases = rgb.releases;

    for (unsigned i = 1; i <= 3; ++i) {
        compositor.process().signal(SIGUSR1);
        compositor.process().await_line("tarmac: replaced");
        REQUIRE(take_screenshot(compositor.socket()) == before);
        // As at first, so that the client may allocate anew.
        REQUIRE(rgb.client.wait_until([&] { return told.times == 1 + i; }));
        CHECK(told.tranches.size() == tranches);
    }
    // Still shown, so still being read.
    if (renderer != "vulkan")
        CHECK(rgb.releases == releases);

    rgb.image.fill(rgb.image.whole(), {{200, 90, 10, 0}});
    rgb.window.show(rgb.image.get());
    const Picture after = take_screenshot(compositor.socket());
    CHECK(after != before);
    ImageBuffer fresh{yuv.client, DRM_FORMAT_YUYV, Width, Height};
    fresh.fill(fresh.whole(), {{40, 128, 40, 128}});
    yuv.window.show(fresh.get());
    CHECK(take_screenshot(compositor.socket()) != after);
}

TEST_CASE("replacing the renderer leaks nothing") {
    CompositorProcess compositor{{"--size", "320x240"}};
    Shown rgb{compositor, DRM_FORMAT_XRGB8888, {{10, 90, 200, 0}}};
    const auto replace = [&] {
        compositor.process().signal(SIGUSR1);
        compositor.process().await_line("tarmac: replaced");
        rgb.window.show(rgb.image.get());
        return compositor.count_settled_fds();
    };
    const std::size_t fds = replace();
    for (int i = 0; i < 5; ++i)
        replace();
    CHECK(replace() == fds);
}
