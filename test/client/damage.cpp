// What is converted of a buffer when it is shown again, or another in its place.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <wayland-client.h>

#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;

// NV12, which none of the renderers here samples by itself.
using Blocks = std::vector<std::vector<std::uint8_t>>;
const Blocks Dark{{40}, {128, 128}}, Grey{{126}, {128, 128}}, Light{{220}, {128, 128}};

enum class Shade { Dark, Grey, Light };

Shade shade_of(const Pixel& pixel) {
    return pixel.green < 80 ? Shade::Dark : pixel.green < 180 ? Shade::Grey : Shade::Light;
}

bool contains(const Box& box, int x, int y) {
    return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

struct Studio {
    CompositorProcess compositor{{"--size", "320x240"},
                                 stage_of(GENERATE("gles2", "vulkan", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};

    /// Pixels of the window that don't have the shade of the last of `parts` that they lie in.
    int count_wrong(const std::vector<std::pair<Box, Shade>>& parts) {
        const Picture screen = take_screenshot(compositor.socket());
        const Box place = find_window(screen, Width, Height);
        int wrong = 0;
        for (int y = 0; y < Height; ++y) {
            for (int x = 0; x < Width; ++x) {
                Shade expected{};
                for (const auto& [box, shade] : parts) {
                    if (contains(box, x, y))
                        expected = shade;
                }
                wrong += shade_of(screen.at(place.x + x, place.y + y)) != expected;
            }
        }
        return wrong;
    }
};

constexpr Box Whole{0, 0, Width, Height}, Part{16, 8, 20, 12}, Other{30, 16, 12, 20};

} // namespace

TEST_CASE_METHOD(Studio, "a buffer that is shown again is converted where it is damaged") {
    ImageBuffer image{client, DRM_FORMAT_NV12, Width, Height};
    image.fill(Whole, Dark);
    window.show(image.get());
    CHECK(count_wrong({{Whole, Shade::Dark}}) == 0);
    // What the client doesn't say, isn't seen.
    image.fill(Whole, Light);
    window.show(image.get(), Part);
    CHECK(count_wrong({{Whole, Shade::Dark}, {Part, Shade::Light}}) == 0);
    image.fill(Whole, Grey);
    window.show(image.get(), Other);
    CHECK(count_wrong({{Whole, Shade::Dark}, {Part, Shade::Light}, {Other, Shade::Grey}}) == 0);
    window.show(image.get());
    CHECK(count_wrong({{Whole, Shade::Grey}}) == 0);
}

TEST_CASE_METHOD(Studio, "a buffer in the place of another is converted where it differs") {
    ImageBuffer first{client, DRM_FORMAT_NV12, Width, Height};
    ImageBuffer second{client, DRM_FORMAT_NV12, Width, Height};
    first.fill(Whole, Dark);
    second.fill(Whole, Light);
    window.show(first.get());
    window.show(second.get(), Part);
    CHECK(count_wrong({{Whole, Shade::Dark}, {Part, Shade::Light}}) == 0);
    first.fill(Whole, Grey);
    window.show(first.get(), Other);
    CHECK(count_wrong({{Whole, Shade::Dark}, {Part, Shade::Light}, {Other, Shade::Grey}}) == 0);
}

TEST_CASE_METHOD(Studio, "damage of another surface or of nothing known converts all") {
    ImageBuffer image{client, DRM_FORMAT_NV12, Width, Height};
    image.fill(Whole, Dark);
    SECTION("because the picture before it had another size") {
        ImageBuffer small{client, DRM_FORMAT_NV12, 16, 16};
        small.fill(small.whole(), Light);
        window.show(small.get());
    }
    SECTION("because the picture before it had another format") {
        ImageBuffer packed{client, DRM_FORMAT_YUYV, Width, Height};
        packed.fill(Whole, {{220, 128, 220, 128}});
        window.show(packed.get());
    }
    SECTION("because it was shown elsewhere meanwhile") {
        window.show(image.get());
        image.fill(Whole, Light);
        wl_surface* elsewhere = wl_compositor_create_surface(client.compositor());
        wl_surface_attach(elsewhere, image.get(), 0, 0);
        wl_surface_damage_buffer(elsewhere, 0, 0, Width, Height);
        wl_surface_commit(elsewhere);
        REQUIRE(client.round_trip());
        image.fill(Whole, Dark);
        window.show(image.get(), Part);
        CHECK(count_wrong({{Part, Shade::Dark}}) == 0);
        wl_surface_destroy(elsewhere);
    }
    window.show(image.get());
    CHECK(count_wrong({{Whole, Shade::Dark}}) == 0);
}
