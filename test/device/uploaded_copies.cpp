// Copies that the renderer doesn't import are uploaded before they are shown, in bands.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>

#include "support/client_surface.hpp"
#include "support/surface_role.hpp"
#include "support/udmabuf_limit.hpp"

using namespace test;

namespace {

constexpr int Width = 1024, Height = 1024; // 4 MB of XRGB8888
const Blocks RedVideo{{81}, {90, 240}}, WhiteVideo{{235}, {128, 128}};

struct Fixture {
    LocalShell shell{Drawing::Gles2};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer video{client, DRM_FORMAT_NV12, WhiteVideo, Width, Height};

    /// Until it is applied no memory of the compositor's is a dma-buf. Eyes need some afterwards.
    void commit_to_upload(wl_buffer* buffer) {
        const UdmabufLimit limit{1};
        const int commits = window.commits;
        window.commit(buffer);
        REQUIRE(shell.await([&] { return window.commits > commits; }));
        const auto shown = shell.global->shown_picture(*window.server());
        REQUIRE(shown);
        CHECK(shown->way == "converted");
        wlr_dmabuf_attributes attributes;
        CHECK_FALSE(wlr_buffer_get_dmabuf(shown->buffer, &attributes));
        CHECK(shown->texture);
        CHECK(shown->texture == wlr_surface_get_texture(window.server()));
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a first picture is uploaded whole, and the window mapped with it") {
    commit_to_upload(video.get());
    CHECK(window.is_mapped());
    CHECK(window.seen() == "1024x1024 white");
}

TEST_CASE_METHOD(Fixture, "a next picture is uploaded, and what is damaged is told") {
    commit_to_upload(video.get());
    const Box part{0, 500, Width, 24};
    video.fill(part, RedVideo);
    pixman_box32_t damaged{};
    tarmac::Listener commit;
    commit.connect(window.server()->events.commit,
                   [&] { damaged = *pixman_region32_extents(&window.server()->buffer_damage); });
    const int commits = window.commits;
    {
        const UdmabufLimit limit{1};
        wl_surface_attach(window.get(), video.get(), 0, 0);
        wl_surface_damage_buffer(window.get(), part.x, part.y, part.width, part.height);
        window.commit();
        REQUIRE(shell.await([&] { return window.commits > commits; }));
    }
    CHECK(damaged.x1 == 0);
    CHECK(damaged.x2 == Width);
    CHECK(damaged.y1 == part.y);
    CHECK(damaged.y2 == part.y + part.height);
    const Picture seen = shell.drawer().look(window.server());
    const auto is_red = [](const Pixel& pixel) { return distance(pixel, Red) <= 2; };
    const Box red = seen.bounds({0, 0, Width, Height}, is_red);
    CHECK(red.x == 0);
    CHECK(red.width == Width);
    CHECK(red.y == part.y);
    CHECK(red.height == part.height);
    CHECK(distance(seen.at(0, 0), White) <= 2);
    CHECK(distance(seen.at(Width - 1, Height - 1), White) <= 2);
}

TEST_CASE_METHOD(Fixture, "what is left in the middle of an upload leaves nothing behind") {
    ColorBuffer red{client, Red};
    window.commit(red.get());
    REQUIRE(window.awaits("64x48 red"));
    const UdmabufLimit limit{1};
    window.commit(video.get());
    for (int turns = 0; turns < 3; ++turns)
        shell.turn();
    SECTION("the surface") {
        toplevel.destroy();
        window.destroy();
    }
    SECTION("the buffer") {
        video.destroy();
        CHECK(shell.await([&] { return window.server()->current.width == Width; }));
    }
    SECTION("the client") {
        shell.kill(client);
    }
    shell.settle();
}
