// Pictures that have to be copied, where there is no copy to be had.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <vector>

#include "support/client_surface.hpp"
#include "support/surface_role.hpp"
#include "wlr/buffer_lock.hpp"

using namespace test;

namespace {

const Blocks RedVideo{{81}, {90, 240}}, WhiteVideo{{235}, {128, 128}};

/// pixman shows video in copies.
LocalShell::Settings with_copies_of(std::uint64_t bytes) {
    LocalShell::Settings settings;
    settings.global.options.quotas.copied_bytes = 2 * bytes; // of which a single client has half
    return settings;
}

struct Fixture {
    LocalShell shell{Drawing::Pixman, with_copies_of(1 << 20)};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer red{client, DRM_FORMAT_NV12, RedVideo};
    ColorBuffer white{client, DRM_FORMAT_NV12, WhiteVideo};

    tarmac::BufferLock lock_shown() const {
        const auto shown = shell.global->shown_picture(*window.server());
        REQUIRE(shown);
        return tarmac::BufferLock{wlr_buffer_lock(shown->buffer)};
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a picture waits while all copies of its surface are in use") {
    std::vector<tarmac::BufferLock> readers;
    for (int i = 0; i < 4; ++i) {
        window.commit((i % 2 == 0 ? red : white).get());
        REQUIRE(window.awaits(i % 2 == 0 ? "64x48 red" : "64x48 white"));
        readers.push_back(lock_shown());
    }
    window.show(red.get());
    CHECK(window.seen() == "64x48 white");
    SECTION("until one is free") {
        readers.erase(readers.begin());
        CHECK(window.awaits("64x48 red"));
    }
    SECTION("unless the next one needs none") {
        ColorBuffer green{client, Green};
        window.show(green.get());
        CHECK(window.awaits("64x48 green"));
    }
    SECTION("or is taken away") {
        window.show(nullptr);
        CHECK(window.seen() == "nothing");
    }
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "a picture for whose copy there is no room leaves the one before") {
    window.commit(red.get());
    REQUIRE(window.awaits("64x48 red"));
    ColorBuffer large{client, DRM_FORMAT_NV12, WhiteVideo, 1024, 512};
    window.show(large.get());
    CHECK(shell.await([&] { return large.releases == 1; }));
    CHECK(window.seen() == "64x48 red");
    window.commit(white.get());
    CHECK(window.awaits("64x48 white"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "copies of a size that isn't shown any more make room for others") {
    ColorBuffer large{client, DRM_FORMAT_NV12, WhiteVideo, 400, 400};
    ColorBuffer larger{client, DRM_FORMAT_NV12, WhiteVideo, 500, 500};
    for (int i = 0; i < 3; ++i) {
        window.commit(large.get());
        CHECK(window.awaits("400x400 white"));
        window.commit(red.get());
        CHECK(window.awaits("64x48 red"));
        window.commit(larger.get());
        CHECK(window.awaits("500x500 white"));
        window.commit(red.get());
        CHECK(window.awaits("64x48 red"));
    }
    CHECK(client.connection() == Answer{});
}
