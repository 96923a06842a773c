// The memory of clients' buffers is theirs: nobody writes into it, and once it is released nobody
// reads it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <list>
#include <optional>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_surface.hpp"
#include "support/color_surface.hpp"
#include "support/surface_role.hpp"

using namespace test;

namespace {

constexpr auto Bt601 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601;
constexpr auto Bt709 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709;
constexpr auto Limited = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED;
constexpr auto Full = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL;

/// Every byte of a dma-buf.
std::vector<std::uint8_t> bytes_of(const tarmac::Fd& dmabuf) {
    const auto size = static_cast<std::size_t>(lseek(dmabuf.get(), 0, SEEK_END));
    void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, dmabuf.get(), 0);
    REQUIRE(memory != MAP_FAILED);
    const auto* first = static_cast<const std::uint8_t*>(memory);
    std::vector<std::uint8_t> bytes(first, first + size);
    munmap(memory, size);
    return bytes;
}

/// Of a window and its colours.
struct ColoredSurface {
    ColoredSurface(LocalShell& shell, RawClient& client)
        : surface{shell, client}, toplevel{surface}, colors{client, surface.get()} {}
    ClientSurface surface;
    Toplevel toplevel;
    ColorSurface colors;
};

struct Fixture {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan)};
    RawClient& client = shell.connect();
};

} // namespace

TEST_CASE_METHOD(Fixture, "shared memory isn't written into what a buffer showed") {
    INFO(name_of(shell.drawer().drawing()));
    ColoredSurface first{shell, client}, second{shell, client};
    ColorBuffer image{client, DRM_FORMAT_ARGB8888, {{10, 20, 30, 128}}};
    const ShmBuffer memory{client, White};
    const auto before = bytes_of(image.dmabuf());
    second.surface.show(image.get());
    first.colors.set_straight(true);
    first.surface.show(image.get());
    shell.settle();
    first.colors.set_straight(false);
    first.surface.commit();
    shell.settle();
    first.surface.commit(memory.get());
    CHECK(first.surface.awaits("64x48 white"));
    CHECK((bytes_of(image.dmabuf()) == before));
}

TEST_CASE_METHOD(Fixture, "no order of commits writes into a client's memory") {
    INFO(name_of(shell.drawer().drawing()));
    const unsigned seed = GENERATE(1u, 2u, 3u, 4u);
    INFO("seed " << seed);
    std::minstd_rand random{seed};
    const auto choose = [&](unsigned n) { return random() % n; };
    std::list<ColorBuffer> images;
    for (const std::uint32_t flags : {0u, unsigned{ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT}}) {
        images.emplace_back(client, DRM_FORMAT_ARGB8888, Blocks{{10, 20, 30, 128}}, PictureWidth,
                            PictureHeight, flags);
        images.emplace_back(client, DRM_FORMAT_XRGB8888, Blocks{{40, 50, 60, 70}}, PictureWidth,
                            PictureHeight, flags);
        images.emplace_back(client, DRM_FORMAT_YUYV, Blocks{{80, 90, 100, 110}}, PictureWidth,
                            PictureHeight, flags);
        images.emplace_back(client, DRM_FORMAT_NV12, Blocks{{120}, {130, 140}}, PictureWidth,
                            PictureHeight, flags);
    }
    std::list<std::vector<std::uint8_t>> before;
    for (const ColorBuffer& image : images)
        before.push_back(bytes_of(image.dmabuf()));
    const ShmBuffer white{client, White}, black{client, Black};
    std::list<ColoredSurface> surfaces;
    for (int i = 0; i < 3; ++i)
        surfaces.emplace_back(shell, client);
    std::string done;
    for (int i = 0; i < 120; ++i) {
        const unsigned of = choose(3);
        ColoredSurface& on = *std::next(surfaces.begin(), of);
        // The last shows nothing but YUV: it names coefficients, which nothing else may have.
        const bool is_yuv = of == 2;
        const unsigned what = choose(8);
        done += ' ' + std::to_string(of) + ':' + std::to_string(what);
        if (what < 4 || (is_yuv && what < 6)) {
            const unsigned which = is_yuv ? choose(2) * 4 + 2 + choose(2) : choose(8);
            done += '.' + std::to_string(which);
            on.surface.commit(std::next(images.begin(), which)->get());
        } else if (what < 6) {
            on.surface.commit((choose(2) == 0 ? white : black).get());
        } else if (what < 7) {
            if (is_yuv)
                on.colors.set_coefficients(choose(2) == 0 ? Bt601 : Bt709,
                                           choose(2) == 0 ? Limited : Full);
            else
                on.colors.set_straight(choose(2) == 0);
            on.surface.commit();
        } else {
            wl_surface_damage(on.surface.get(), 0, 0, 9, 9);
            on.surface.commit();
        }
        // Some of them pile up.
        if (choose(3) != 0)
            shell.turn();
        if (choose(8) == 0)
            shell.settle();
        INFO(done);
        REQUIRE(client.connection() == Answer{});
        if (i % 8 == 0) {
            auto expected = before.begin();
            for (const ColorBuffer& image : images)
                REQUIRE((bytes_of(image.dmabuf()) == *expected++));
        }
    }
    shell.settle();
    auto expected = before.begin();
    for (const ColorBuffer& image : images)
        CHECK((bytes_of(image.dmabuf()) == *expected++));
}

TEST_CASE_METHOD(Fixture, "what is shown gets new colours without its released buffer being read") {
    INFO(name_of(shell.drawer().drawing()));
    struct Format {
        std::uint32_t fourcc;
        Blocks shown, drawn_after;
    };
    static const Format formats[] = {
        {DRM_FORMAT_NV12, {{120}, {90, 190}}, {{235}, {128, 128}}},
        {DRM_FORMAT_YUYV, {{120, 90, 120, 190}}, {{235, 128, 235, 128}}},
        {DRM_FORMAT_YUV444, {{120}, {90}, {190}}, {{235}, {128}, {128}}},
    };
    const Format& format = formats[GENERATE(0u, 1u, 2u)];
    INFO(tarmac::fourcc_name(format.fourcc));
    // What it is to look like.
    ColorBuffer model{client, format.fourcc, format.shown};
    ColoredSurface other{shell, client};
    other.colors.set_coefficients(Bt709, Full);
    other.surface.show(model.get());
    REQUIRE(shell.await([&] { return other.surface.seen() != "nothing"; }));
    const std::string expected = other.surface.seen();

    const bool has_colors_first = GENERATE(true, false);
    ColorBuffer image{client, format.fourcc, format.shown};
    ClientSurface surface{shell, client};
    const Toplevel toplevel{surface};
    std::optional<ColorSurface> colors;
    if (has_colors_first) {
        colors.emplace(client, surface.get());
        colors->set_coefficients(Bt601, Limited);
    }
    surface.show(image.get());
    REQUIRE(shell.await([&] { return surface.seen() != "nothing"; }));
    const std::string before = surface.seen();
    shell.settle();
    // A client draws when it may.
    const bool is_released = image.releases > 0;
    if (is_released)
        image.fill(image.whole(), format.drawn_after);
    if (!has_colors_first)
        colors.emplace(client, surface.get());
    colors->set_coefficients(Bt709, Full);
    surface.commit();
    if (has_colors_first || !is_released) {
        CHECK(surface.awaits(expected));
    } else {
        shell.settle();
        // What was let go of before anybody spoke of colours may keep the old ones.
        CHECK((surface.seen() == before || surface.seen() == expected));
    }
    CHECK(client.connection() == Answer{});
}
