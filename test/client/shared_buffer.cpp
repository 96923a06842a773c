// One buffer on several surfaces, or in several meanings, imported here and read there.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <optional>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/color_surface.hpp"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;
constexpr Box Whole{0, 0, Width, Height}, UpperHalf{0, 0, Width, Height / 2};

using Blocks = std::vector<std::vector<std::uint8_t>>;
const Blocks Red{{0, 0, 255, 255}}, Green{{0, 255, 0, 255}};

/// Counts.
constexpr wl_buffer_listener release_events = {
    .release = [](void* data, wl_buffer*) { ++*static_cast<int*>(data); },
};

/// A surface that nobody sees.
class HiddenSurface {
public:
    explicit HiddenSurface(RawClient& client)
        : client_{client}
        , surface_{wl_compositor_create_surface(client.compositor())}
        , colors_{std::in_place, client, surface_} {}
    ~HiddenSurface() {
        colors_.reset();
        wl_surface_destroy(surface_);
    }
    HiddenSurface(const HiddenSurface&) = delete;
    HiddenSurface& operator=(const HiddenSurface&) = delete;

    void show(wl_buffer* buffer, bool is_straight) {
        colors_->set_straight(is_straight);
        wl_surface_attach(surface_, buffer, 0, 0);
        wl_surface_damage_buffer(surface_, 0, 0, Width, Height);
        wl_surface_commit(surface_);
        REQUIRE(client_.round_trip());
    }

private:
    RawClient& client_;
    wl_surface* surface_;
    std::optional<ColorSurface> colors_;
};

struct Studio {
    CompositorProcess compositor{{"--size", "320x240"},
                                 stage_of(GENERATE("gles2", "vulkan", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};
    ColorSurface colors{client, window.surface()};

    Picture look() { return take_screenshot(compositor.socket()); }
};

int largest_distance(const Picture& a, const Picture& b) {
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max(largest, distance(a.pixels[i], b.pixels[i]));
    return largest;
}

} // namespace

TEST_CASE_METHOD(Studio, "what is read isn't written into what was imported") {
    ImageBuffer red{client, DRM_FORMAT_ARGB8888, Width, Height};
    red.fill(Whole, Red);
    ImageBuffer green{client, DRM_FORMAT_ARGB8888, Width, Height};
    green.fill(Whole, Green);
    int releases = 0;
    wl_buffer_add_listener(red.get(), &release_events, &releases);
    window.show(red.get());
    const Picture before = look();
    colors.set_straight(true);
    window.show(green.get());
    CHECK(look() != before);
    // Nor is it kept for longer than it is read.
    CHECK(client.wait_until([&] { return releases == 1; }));
    colors.set_straight(false);
    window.show(red.get());
    CHECK(look() == before);
}

TEST_CASE_METHOD(Studio, "a picture stays right when its buffer means something else elsewhere") {
    const std::uint32_t fourcc = GENERATE(DRM_FORMAT_ARGB8888, DRM_FORMAT_ABGR16161616);
    const std::uint32_t flags = GENERATE(0, ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT);
    const bool is_straight = GENERATE(false, true);
    INFO(tarmac::fourcc_name(fourcc)
         << (flags ? ", inverted" : "") << (is_straight ? ", straight" : ""));
    ImageBuffer image{client, fourcc, Width, Height, flags};
    const bool is_deep = fourcc == DRM_FORMAT_ABGR16161616;
    image.fill(Whole, is_deep ? Blocks{{0, 64, 0, 128, 0, 192, 255, 255}} : Red);
    image.fill(UpperHalf, is_deep ? Blocks{{0, 192, 0, 64, 0, 32, 255, 255}} : Green);
    colors.set_straight(is_straight);
    window.show(image.get());
    const Picture before = look();

    HiddenSurface elsewhere{client};
    elsewhere.show(image.get(), !is_straight);
    // Drawn anew, from what it has. What is deep may have been rounded.
    window.damage(Whole);
    CHECK(largest_distance(look(), before) <= (is_deep ? 1 : 0));
    window.show(image.get());
    CHECK(largest_distance(look(), before) <= (is_deep ? 1 : 0));
}

TEST_CASE_METHOD(Studio, "a buffer is released once for each time that it was shown") {
    ImageBuffer image{client, DRM_FORMAT_ARGB8888, Width, Height};
    image.fill(Whole, Red);
    int releases = 0;
    wl_buffer_add_listener(image.get(), &release_events, &releases);
    colors.set_straight(true);
    window.show(image.get());
    colors.set_straight(false);
    window.commit();
    ImageBuffer next{client, DRM_FORMAT_ARGB8888, Width, Height};
    for (int i = 0; i < 2; ++i)
        window.show(next.get());
    REQUIRE(client.wait_until([&] { return releases > 0; }));
    REQUIRE(client.round_trip());
    CHECK(releases == 1);
}

TEST_CASE_METHOD(Studio,
                 "a surface may go over from RGB to YUV and name its coefficients at once") {
    ImageBuffer rgb{client, DRM_FORMAT_XRGB8888, Width, Height};
    window.show(rgb.get());
    for (const std::uint32_t fourcc : {DRM_FORMAT_NV12, DRM_FORMAT_YUV444}) {
        colors.set_coefficients(WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
                                WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED);
        ImageBuffer yuv{client, fourcc, Width, Height};
        window.show(yuv.get());
        CHECK(client.connection() == Answer{});
    }
}
