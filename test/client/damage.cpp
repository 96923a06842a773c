// What is converted of a buffer when it is shown again, or another in its place.

#include <array>
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

namespace {

/// How a surface shows a picture of Width x Height.
struct Geometry {
    std::int32_t transform = WL_OUTPUT_TRANSFORM_NORMAL;
    int scale = 1;
    std::array<double, 4> source{-1, -1, -1, -1}; ///< x, y, width, height
    int width = -1, height = -1;
};

const Geometry geometries[] = {
    {.source = {0.5, 0.5, 62, 46}},
    {.source = {0.25, 0.75, 63.5, 46.5}, .width = 100, .height = 70},
    {.source = {53.25, 0.75, 10.75, 10.75}, .width = 200, .height = 200},
    {.transform = WL_OUTPUT_TRANSFORM_90, .source = {0.5, 1.5, 46, 62}},
    {.transform = WL_OUTPUT_TRANSFORM_FLIPPED_270,
     .scale = 2,
     .source = {0.25, 0.25, 22.5, 30.5},
     .width = 80,
     .height = 90},
    {.width = 101, .height = 37},
};

std::size_t n_different(const Picture& a, const Picture& b) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        n += a.pixels[i] != b.pixels[i];
    return n;
}

} // namespace

TEST_CASE_METHOD(Studio, "damage is drawn wherever a surface shows it") {
    const std::uint32_t fourcc = GENERATE(DRM_FORMAT_NV12, DRM_FORMAT_XRGB8888);
    CAPTURE(tarmac::fourcc_name(fourcc));
    const auto blocks_of = [&](std::uint8_t luma) {
        return fourcc == DRM_FORMAT_NV12 ? Blocks{{luma}, {128, 128}}
                                         : Blocks{{luma, luma, luma, 255}};
    };
    ImageBuffer image{client, fourcc, Width, Height};
    const auto redraw = [&] {
        window.show(image.get());
        return take_screenshot(compositor.socket());
    };
    for (const Geometry& geometry : geometries) {
        const auto& [x, y, width, height] = geometry.source;
        CAPTURE(geometry.transform, geometry.scale, x, y, width, height, geometry.width,
                geometry.height);
        wl_surface_set_buffer_transform(window.surface(), geometry.transform);
        wl_surface_set_buffer_scale(window.surface(), geometry.scale);
        window.set_crop(x, y, width, height);
        window.set_size(geometry.width, geometry.height);
        image.fill(Whole, blocks_of(40));
        redraw();
        // Ends, and the middle.
        for (const Box& part : {Box{62, 0, 2, Height}, Box{0, 46, Width, 2}, Box{30, 20, 4, 4}}) {
            CAPTURE(part.x, part.y);
            image.fill(part, blocks_of(220));
            window.show(image.get(), part);
            const Picture screen = take_screenshot(compositor.socket());
            CHECK(n_different(screen, redraw()) == 0);
        }
        image.fill(Whole, blocks_of(126));
        wl_surface_attach(window.surface(), image.get(), 0, 0);
        wl_surface_damage(window.surface(), 0, 0, INT32_MAX, INT32_MAX);
        window.commit();
        const Picture screen = take_screenshot(compositor.socket());
        CHECK(n_different(screen, redraw()) == 0);
    }
}
