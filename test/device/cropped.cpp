// Of a picture that is shown in part, the rest isn't seen, though renderers mix what lies around
// into the edge of what they scale.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <drm_fourcc.h>

#include "support/client_surface.hpp"
#include "support/explicit_sync.hpp"
#include "support/surface_role.hpp"
#include "support/viewport.hpp"

using namespace test;

namespace {

struct Format {
    std::uint32_t fourcc;
    Blocks white, black;
};
const Format Nv12{DRM_FORMAT_NV12, {{235}, {128, 128}}, {{16}, {128, 128}}};
const Format P010{DRM_FORMAT_P010, {{0, 235}, {0, 128, 0, 128}}, {{0, 16}, {0, 128, 0, 128}}};
const Format Rgb{DRM_FORMAT_RGB888, {{255, 255, 255}}, {{0, 0, 0}}};
const Format Xrgb{DRM_FORMAT_XRGB8888, {{255, 255, 255, 255}}, {{0, 0, 0, 255}}};

struct Fixture {
    explicit Fixture(Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan),
                     tarmac::Quotas quotas = {})
        : shell{drawing, {.global = {.options = {.quotas = quotas}}}} {}

    /// Drawn as scenes do.
    Picture look(const ClientSurface& surface) const {
        return shell.drawer().look(surface.server(), WLR_SCALE_FILTER_BILINEAR);
    }
    std::string seen() const { return describe(look(window)); }
    bool awaits(const std::string& sight) {
        const bool came = shell.await([&] { return seen() == sight; });
        if (!came)
            UNSCOPED_INFO("saw " << seen());
        return came;
    }
    std::string way() const {
        const auto shown = shell.global->shown_picture(*window.server());
        return shown ? std::string{shown->way} : "nothing";
    }
    int n_black() const {
        int n = 0;
        for (const Pixel& pixel : look(window).pixels)
            n += distance(pixel, Black) <= 2;
        return n;
    }

    LocalShell shell;
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    Viewport viewport{window};
};

/// Coordinates of a surface.
struct Crop {
    double x, y, width, height;
    int scale = 1;
    std::int32_t transform = WL_OUTPUT_TRANSFORM_NORMAL;
};

constexpr Crop Crops[] = {
    {0, 0, 64, 60},
    {5, 7, 1, 1},
    {63, 63, 1, 1},
    {21, 11, 30, 20},
    {10.25, 8.5, 20.5, 10.25},
    {10.5, 10.5, 10.5, 10.5},
    {3, 1, 20, 9, 2},
    {7, 2, 31, 50, 1, WL_OUTPUT_TRANSFORM_90},
    {2.5, 4, 10.5, 11, 2, WL_OUTPUT_TRANSFORM_FLIPPED_270},
};

Box rounded_out(const wlr_fbox& box) {
    const auto x = static_cast<int>(std::floor(box.x)), y = static_cast<int>(std::floor(box.y));
    return {x, y, static_cast<int>(std::ceil(box.x + box.width)) - x,
            static_cast<int>(std::ceil(box.y + box.height)) - y};
}

} // namespace

TEST_CASE_METHOD(Fixture, "what lies around a part of a copy isn't seen, however that is scaled") {
    const Format& format = GENERATE(Nv12, P010, Rgb, Xrgb);
    if (format.fourcc == DRM_FORMAT_XRGB8888 && shell.drawer().drawing() != Drawing::Pixman)
        return; // imported
    INFO(name_of(shell.drawer().drawing()) << ' ' << tarmac::fourcc_name(format.fourcc));
    for (const Crop& crop : Crops) {
        CAPTURE(crop.x, crop.y, crop.width, crop.height, crop.scale, crop.transform);
        ColorBuffer image{client, format.fourcc, format.black, 64, 64};
        wl_surface_set_buffer_scale(window.get(), crop.scale);
        wl_surface_set_buffer_transform(window.get(), crop.transform);
        viewport.crop(crop.x, crop.y, crop.width, crop.height);
        viewport.scale(100, 90);
        window.commit(image.get());
        REQUIRE(awaits("100x90 black"));
        CHECK(way() != "imported");
        CHECK(way() != "read");
        wlr_fbox source;
        wlr_surface_get_buffer_source_box(window.server(), &source);
        image.fill(rounded_out(source), format.white);
        window.commit(image.get());
        CHECK(awaits("100x90 white"));
        viewport.scale(7, 5);
        window.commit();
        CHECK(awaits("7x5 white"));
    }
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "a decoder's padding isn't seen") {
    INFO(name_of(shell.drawer().drawing()));
    ColorBuffer frame{client, DRM_FORMAT_NV12, Nv12.white, 320, 192};
    frame.fill({0, 180, 320, 12}, Nv12.black);
    viewport.crop(0, 0, 320, 180);
    viewport.scale(480, 270);
    window.commit(frame.get());
    CHECK(awaits("480x270 white"));
}

TEST_CASE_METHOD(Fixture, "another part is shown without another buffer, and nothing of the last") {
    const Format& format = GENERATE(Nv12, Xrgb);
    INFO(name_of(shell.drawer().drawing()) << ' ' << tarmac::fourcc_name(format.fourcc));
    ColorBuffer image{client, format.fourcc, format.white, 64, 64};
    constexpr int Side = 8;
    image.fill({16, 12, Side, Side}, format.black);
    viewport.crop(16, 12, Side, Side);
    const bool is_imported =
        format.fourcc == DRM_FORMAT_XRGB8888 && shell.drawer().drawing() != Drawing::Pixman;
    window.commit(image.get());
    REQUIRE(awaits("8x8 black"));
    // Never a picture with the part of another.
    shell.after_turn = [&] {
        const Picture picture = look(window);
        if (picture.width != Side)
            CHECK(n_black() == Side * Side);
        else
            CHECK(describe(picture) == "8x8 black");
    };
    for (int i = 0; i < 3; ++i) {
        viewport.crop(0, 0, 40, 41);
        window.commit();
        CHECK(shell.await([&] { return look(window).width == 40; }));
        viewport.crop(-1, -1, -1, -1);
        window.commit();
        CHECK(shell.await([&] { return look(window).width == 64; }));
        viewport.crop(16, 12, Side, Side);
        window.commit();
        CHECK(awaits("8x8 black"));
    }
    shell.after_turn = {};
    CHECK(image.releases == 0);
    if (!is_imported) {
        viewport.crop(17, 13, 2, 2);
        viewport.scale(30, 30);
        window.commit();
        CHECK(awaits("30x30 black"));
        viewport.crop(0, 0, 16, 12);
        window.commit();
        CHECK(awaits("30x30 white"));
    }
    window.commit(nullptr);
    CHECK(shell.await([&] { return image.releases == 1; }));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "what is drawn at the edge of a part is repeated anew") {
    INFO(name_of(shell.drawer().drawing()));
    ColorBuffer image{client, DRM_FORMAT_NV12, Nv12.white, 64, 64};
    viewport.crop(0, 0, 64, 40);
    viewport.scale(64, 400);
    window.commit(image.get());
    REQUIRE(awaits("64x400 white"));
    const Box last_row{0, 39, 64, 1};
    for (const bool is_black : {true, false, true, false}) {
        image.fill(last_row, is_black ? Nv12.black : Nv12.white);
        wl_surface_attach(window.get(), image.get(), 0, 0);
        wl_surface_damage_buffer(window.get(), 0, 39, 64, 1);
        window.commit();
        CHECK(shell.await([&] {
            const Picture picture = look(window);
            return distance(picture.at(30, 399), is_black ? Black : White) <= 2 &&
                   distance(picture.at(30, 300), White) <= 2;
        }));
    }
}

TEST_CASE_METHOD(Fixture, "a part is of the last buffer, however little was damaged") {
    INFO(name_of(shell.drawer().drawing()));
    ColorBuffer black{client, DRM_FORMAT_NV12, Nv12.black, 64, 64};
    ColorBuffer white{client, DRM_FORMAT_NV12, Nv12.white, 64, 64};
    viewport.crop(0, 0, 16, 16);
    window.commit(black.get());
    REQUIRE(awaits("16x16 black"));
    // Coordinates of a surface reach no farther than what is seen.
    viewport.crop(32, 32, 20, 20);
    wl_surface_attach(window.get(), white.get(), 0, 0);
    wl_surface_damage(window.get(), 0, 0, INT32_MAX, INT32_MAX);
    window.commit();
    REQUIRE(awaits("20x20 white"));
    viewport.crop(0, 0, 16, 16);
    window.commit();
    CHECK(awaits("16x16 white"));
}

TEST_CASE_METHOD(Fixture, "a part is shown of what was whole again in between") {
    INFO(name_of(shell.drawer().drawing()));
    ColorBuffer image{client, Rgb.fourcc, Rgb.white, 64, 64};
    image.fill({16, 12, 1, 1}, Rgb.black);
    for (int i = 0; i < 2; ++i) {
        viewport.crop(-1, -1, -1, -1);
        viewport.scale(-1, -1);
        window.show(image.get());
        viewport.crop(16, 12, 1, 1);
        viewport.scale(30, 30);
        window.commit();
        shell.settle();
    }
    CHECK(awaits("30x30 black"));
}

TEST_CASE_METHOD(Fixture, "two surfaces show their own parts of one buffer") {
    INFO(name_of(shell.drawer().drawing()));
    ClientSurface other{shell, client};
    const Toplevel other_toplevel{other};
    const Viewport other_viewport{other};
    ColorBuffer image{client, DRM_FORMAT_NV12, Nv12.white, 64, 64};
    image.fill({0, 0, 30, 64}, Nv12.black);
    viewport.crop(0, 0, 30, 64);
    viewport.scale(50, 50);
    other_viewport.crop(30, 0, 34, 64);
    other_viewport.scale(50, 50);
    window.commit(image.get());
    other.commit(image.get());
    CHECK(awaits("50x50 black"));
    CHECK(shell.await([&] { return describe(look(other)) == "50x50 white"; }));
    CHECK(awaits("50x50 black"));
}

TEST_CASE_METHOD(Fixture, "a part is shown of a surface that has no role yet") {
    INFO(name_of(shell.drawer().drawing()));
    ClientSurface other{shell, client};
    const Viewport other_viewport{other};
    ColorBuffer image{client, DRM_FORMAT_NV12, Nv12.white, 64, 64};
    image.fill({16, 12, 8, 8}, Nv12.black);
    const auto other_awaits = [&](const std::string& sight) {
        return shell.await([&] { return describe(look(other)) == sight; });
    };
    SECTION("of a picture that isn't there yet") {
        other.commit(image.get());
        other_viewport.crop(16, 12, 8, 8);
        other.commit();
        CHECK(other_awaits("8x8 black"));
    }
    SECTION("of one that is shown in another part") {
        other_viewport.crop(16, 12, 2, 2);
        other_viewport.scale(40, 40);
        other.commit(image.get());
        REQUIRE(other_awaits("40x40 black"));
        other_viewport.crop(0, 0, 16, 12);
        other.commit();
        CHECK(other_awaits("40x40 white"));
        other_viewport.crop(16, 12, 8, 8);
        other.commit();
        CHECK(other_awaits("40x40 black"));
    }
}

TEST_CASE_METHOD(Fixture, "what a client has back for one surface isn't read for it again") {
    INFO(name_of(shell.drawer().drawing()));
    ClientSurface other{shell, client};
    const Toplevel other_toplevel{other};
    const Viewport other_viewport{other};
    ColorBuffer image{client, Rgb.fourcc, Rgb.white, 64, 64};
    window.commit(image.get());
    REQUIRE(awaits("64x64 white"));
    REQUIRE(shell.await([&] { return image.releases == 1; }));
    image.fill({0, 0, 64, 64}, Rgb.black);
    other_viewport.crop(0, 0, 20, 20);
    other.commit(image.get());
    REQUIRE(shell.await([&] { return describe(look(other)) == "20x20 black"; }));
    CHECK(image.releases == 1);
    viewport.crop(0, 0, 10, 10);
    window.commit();
    CHECK(shell.await([&] { return look(window).width == 10; }));
    shell.settle();
    CHECK(seen() == "10x10 white");
}

TEST_CASE_METHOD(Fixture, "a buffer isn't released while another part of it is shown") {
    INFO(name_of(shell.drawer().drawing()));
    Timeline acquire, release;
    REQUIRE(shell.global->offer_explicit_sync());
    shell.settle();
    SyncSurface sync{client, window.get()};
    ColorBuffer image{client, White, 64, 64};
    sync.set_acquire(acquire, 1);
    sync.set_release(release, 1);
    viewport.crop(0, 0, 20, 20);
    window.commit(image.get());
    viewport.crop(-1, -1, -1, -1);
    window.commit();
    shell.settle();
    acquire.signal(1);
    REQUIRE(awaits("64x64 white"));
    CHECK(image.releases == 0);
    CHECK(!release.has_signalled(1));
    window.commit(nullptr);
    CHECK(shell.await([&] { return release.has_signalled(1); }));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "a part that is imported is drawn as wlroots does") {
    if (shell.drawer().drawing() == Drawing::Pixman)
        return; // imports nothing
    INFO(name_of(shell.drawer().drawing()));
    ColorBuffer image{client, White, 64, 64};
    image.fill({20, 20, 1, 1}, Xrgb.black);
    viewport.crop(20, 20, 1, 1);
    window.commit(image.get());
    CHECK(awaits("1x1 black"));
    CHECK(way() == "imported");
    viewport.scale(100, 100);
    window.commit();
    CHECK(awaits("100x100 mixed"));
}

TEST_CASE("a part for whose copy there is no room is shown as well as can be") {
    tarmac::Quotas quotas;
    quotas.copied_bytes = 2 << 20; // of which a single client has half
    Fixture fixture{Drawing::Pixman, quotas};
    auto& [shell, client, window, toplevel, viewport] = fixture;
    ColorBuffer large{client, White, 1024, 512};
    SECTION("the memory is read in place") {
        viewport.crop(0, 0, 1000, 500);
        window.commit(large.get());
        CHECK(fixture.awaits("1000x500 white"));
        CHECK(fixture.way() == "read");
        viewport.crop(0, 0, 900, 500);
        window.commit();
        CHECK(fixture.awaits("900x500 white"));
    }
    SECTION("what isn't readable so stays as it was") {
        ColorBuffer small{client, DRM_FORMAT_NV12, Nv12.white, 512, 256};
        viewport.crop(0, 0, 510, 256);
        window.commit(small.get());
        REQUIRE(fixture.awaits("510x256 white"));
        ClientSurface other{shell, client};
        const Toplevel other_toplevel{other};
        ColorBuffer other_image{client, DRM_FORMAT_NV12, Nv12.white, 448, 256};
        other.commit(other_image.get());
        REQUIRE(other.awaits("448x256 white"));
        viewport.crop(0, 0, 500, 250);
        window.commit();
        shell.settle();
        CHECK(fixture.seen() == "510x256 white");
        // With more room the next commit is shown as it is meant.
        other.commit(nullptr);
        CHECK(shell.await([&] {
            window.commit();
            return fixture.seen() == "500x250 white";
        }));
        ColorBuffer next{client, DRM_FORMAT_NV12, Nv12.white, 64, 64};
        viewport.crop(0, 0, 32, 32);
        window.commit(next.get());
        CHECK(fixture.awaits("32x32 white"));
    }
    CHECK(client.connection() == Answer{});
}

TEST_CASE("copies of parts go when the whole is read in place") {
    tarmac::Quotas quotas;
    quotas.copied_bytes = 2 << 20;
    Fixture fixture{Drawing::Pixman, quotas};
    auto& [shell, client, window, toplevel, viewport] = fixture;
    ColorBuffer image{client, White, 512, 400};
    viewport.crop(0, 0, 500, 400);
    window.commit(image.get());
    REQUIRE(fixture.awaits("500x400 white"));
    REQUIRE(fixture.way() == "copied");
    viewport.crop(-1, -1, -1, -1);
    if (GENERATE(false, true))
        window.commit(image.get());
    else
        window.commit();
    REQUIRE(fixture.awaits("512x400 white"));
    REQUIRE(fixture.way() == "read");
    ClientSurface other{shell, client};
    const Toplevel other_toplevel{other};
    ColorBuffer other_image{client, DRM_FORMAT_NV12, Nv12.white, 512, 400};
    CHECK(shell.await([&] {
        other.commit(other_image.get());
        return other.seen() == "512x400 white";
    }));
}
