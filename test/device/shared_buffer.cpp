// One buffer on several surfaces, or in several meanings, imported here and read there.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <drm_fourcc.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_surface.hpp"
#include "support/color_surface.hpp"
#include "support/surface_role.hpp"

using namespace test;

namespace {

constexpr Box UpperHalf{0, 0, PictureWidth, PictureHeight / 2};

struct Fixture {
    // What other tests leave of their fences and memory in a renderer is none of this.
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan),
                     {.has_own_renderer = true}};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorSurface colors{client, window.get()};

    Picture look() { return shell.drawer().look(window.server()); }
    Picture look_at(wl_buffer* buffer) {
        wl_surface_attach(window.get(), buffer, 0, 0);
        wl_surface_damage_buffer(window.get(), 0, 0, INT32_MAX, INT32_MAX);
        return look_at_commit();
    }
    /// What is seen once a commit has been applied.
    Picture look_at_commit() {
        const int before = window.commits;
        window.commit();
        CHECK(shell.await([&] { return window.commits > before; }));
        return look();
    }
};

int largest_distance(const Picture& a, const Picture& b) {
    REQUIRE(a.pixels.size() == b.pixels.size());
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max(largest, distance(a.pixels[i], b.pixels[i]));
    return largest;
}

} // namespace

TEST_CASE_METHOD(Fixture, "alpha that colours aren't multiplied with is multiplied") {
    constexpr std::uint8_t Alpha = 128, R = 220, G = 120, B = 30;
    const auto times = [](std::uint8_t color) {
        return static_cast<std::uint8_t>(std::lround(color * Alpha / 255.0));
    };
    ColorBuffer premultiplied{client, DRM_FORMAT_ARGB8888, {{times(B), times(G), times(R), Alpha}}};
    ColorBuffer straight{client, DRM_FORMAT_ARGB8888, {{B, G, R, Alpha}}};

    const Picture expected = look_at(premultiplied.get());
    const auto is_as_expected = [&] { return largest_distance(look(), expected) <= 1; };
    window.commit(straight.get());
    CHECK(shell.await([&] { return !is_as_expected(); }));
    colors.set_straight(true);
    window.commit();
    CHECK(shell.await(is_as_expected));
    window.commit(premultiplied.get());
    CHECK(shell.await([&] { return !is_as_expected(); }));
    colors.set_straight(false);
    window.commit();
    CHECK(shell.await(is_as_expected));
}

TEST_CASE_METHOD(Fixture, "what is read isn't written into what was imported") {
    ColorBuffer red{client, DRM_FORMAT_ARGB8888, block_of(Red)};
    ColorBuffer green{client, DRM_FORMAT_ARGB8888, block_of(Green)};
    window.commit(red.get());
    CHECK(window.awaits("64x48 red"));
    colors.set_straight(true);
    window.commit(green.get());
    CHECK(window.awaits("64x48 green"));
    // Nor is it kept for longer than it is read.
    CHECK(shell.await([&] { return red.releases == 1; }));
    colors.set_straight(false);
    window.commit(red.get());
    CHECK(window.awaits("64x48 red"));
}

TEST_CASE_METHOD(Fixture, "a picture stays right when its buffer means something else elsewhere") {
    const std::uint32_t fourcc = GENERATE(DRM_FORMAT_ARGB8888, DRM_FORMAT_ABGR16161616);
    const std::uint32_t flags = GENERATE(0, ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT);
    const bool is_straight = GENERATE(false, true);
    INFO(name_of(shell.drawer().drawing())
         << ' ' << tarmac::fourcc_name(fourcc) << (flags ? ", inverted" : "")
         << (is_straight ? ", straight" : ""));
    const bool is_deep = fourcc == DRM_FORMAT_ABGR16161616;
    ColorBuffer image{client,
                      fourcc,
                      is_deep ? Blocks{{0, 64, 0, 128, 0, 192, 255, 255}} : block_of(Red),
                      PictureWidth,
                      PictureHeight,
                      flags};
    image.fill(UpperHalf, is_deep ? Blocks{{0, 192, 0, 64, 0, 32, 255, 255}} : block_of(Green));
    colors.set_straight(is_straight);
    const Picture before = look_at(image.get());

    ClientSurface elsewhere{shell, client};
    const Toplevel other{elsewhere};
    ColorSurface other_colors{client, elsewhere.get()};
    other_colors.set_straight(!is_straight);
    elsewhere.commit(image.get());
    CHECK(shell.await([&] { return elsewhere.commits > 1; }));
    // What is deep may have been rounded.
    CHECK(largest_distance(look(), before) <= (is_deep ? 1 : 0));
    CHECK(largest_distance(look_at(image.get()), before) <= (is_deep ? 1 : 0));
}

TEST_CASE_METHOD(Fixture, "a buffer is released once, though its meaning has changed") {
    ColorBuffer image{client, DRM_FORMAT_ARGB8888, block_of(Red)};
    colors.set_straight(true);
    look_at(image.get());
    colors.set_straight(false);
    look_at_commit();
    ColorBuffer next{client, DRM_FORMAT_ARGB8888, block_of(Green)};
    for (int i = 0; i < 2; ++i)
        look_at(next.get());
    REQUIRE(shell.await([&] { return image.releases > 0; }));
    shell.settle();
    CHECK(image.releases == 1);
}
