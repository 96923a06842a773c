// Commits whose pictures don't come in time, or of which there are too many, are skipped: what they
// would have shown is never seen, and all else goes on.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <list>
#include <optional>

#include "presentation-time-client-protocol.h"
#include "support/explicit_sync.hpp"
#include "support/fake_writer.hpp"
#include "support/screen.hpp"
#include "support/subsurface.hpp"
#include "support/surface_role.hpp"
#include "support/viewport.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

/// Long enough for a picture that nobody delays, on a busy machine.
constexpr auto Timeout = 400ms;

/// Counts what has become of a commit.
struct Feedback {
    explicit Feedback(ClientSurface& surface)
        : presentation{static_cast<wp_presentation*>(
              surface.client().bind_global(&wp_presentation_interface, 1))} {
        static constexpr wp_presentation_feedback_listener events = {
            .sync_output = [](void*, struct wp_presentation_feedback*, wl_output*) {},
            .presented = [](void* data, struct wp_presentation_feedback*, std::uint32_t,
                            std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                            std::uint32_t,
                            std::uint32_t) { ++static_cast<Feedback*>(data)->presented; },
            .discarded =
                [](void* data, struct wp_presentation_feedback*) {
                    ++static_cast<Feedback*>(data)->discarded;
                },
        };
        object = wp_presentation_feedback(presentation, surface.get());
        wp_presentation_feedback_add_listener(object, &events, this);
    }
    ~Feedback() {
        wp_presentation_feedback_destroy(object);
        wp_presentation_destroy(presentation);
    }
    Feedback(const Feedback&) = delete;
    Feedback& operator=(const Feedback&) = delete;

    wp_presentation* presentation;
    struct wp_presentation_feedback* object;
    int presented = 0, discarded = 0;
};

/// A window that shows red, where pictures are overdue soon.
struct Fixture {
    explicit Fixture(GlobalSettings settings = {.ready_timeout = Timeout})
        : shell{GENERATE(Drawing::Pixman, Drawing::Gles2), {.global = std::move(settings)}} {
        window.commit(red.get());
        REQUIRE(window.awaits("64x48 red"));
    }

    /// A commit without a picture of its own, so that it can be told when all before are done.
    bool await_all_applied() {
        FrameCallback frame{window};
        window.commit();
        return shell.await([&] {
            shell.send_frames();
            return frame.is_done;
        });
    }

    LocalShell shell;
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer red{client, Red}, blue{client, Blue};
    ColorBuffer green{client, Green, 32, 24};
    std::optional<FakeWriter> writer;
};

} // namespace

TEST_CASE_METHOD(Fixture, "a picture that doesn't come is skipped, and its buffer released") {
    writer.emplace(green.dmabuf());
    FrameCallback frame{window};
    Feedback feedback{window};
    const Stopwatch stopwatch;
    window.show(green.get());
    CHECK(!frame.is_done);
    CHECK(await_all_applied());
    CHECK(stopwatch.elapsed() >= Timeout);
    CHECK(stopwatch.elapsed() < 3s);
    CHECK(window.seen() == "64x48 red");
    CHECK(frame.is_done);
    CHECK(feedback.discarded == 1);
    CHECK(shell.await([&] { return green.releases == 1; }));
    CHECK(red.releases == 0);
    CHECK(client.connection() == Answer{});
    // It comes at last, and is too late.
    writer.reset();
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    window.commit(green.get());
    CHECK(window.awaits("32x24 green"));
}

TEST_CASE_METHOD(Fixture, "while nothing is imported no picture is overdue") {
    shell.global->pause();
    auto& params = client.create_params();
    client.add(params, green.dmabuf().get(), 0, 0, 32 * 4, DRM_FORMAT_MOD_LINEAR);
    client.create_immed(params, 32, 24, DRM_FORMAT_XRGB8888);
    window.commit(params.buffer);
    const auto end = std::chrono::steady_clock::now() + 2 * Timeout;
    while (std::chrono::steady_clock::now() < end)
        shell.turn(Timeout / 4);
    CHECK(window.awaits("64x48 red"));
    shell.global->resume();
    CHECK(window.awaits("32x24 green"));
}

TEST_CASE_METHOD(Fixture, "a picture whose acquire point never signals is skipped") {
    Timeline acquire, release, later;
    Screen screen{shell};
    wlr_scene_surface_create(&screen.scene()->tree, window.server());
    REQUIRE(shell.global->offer_explicit_sync());
    shell.settle();
    SyncSurface sync{client, window.get()};
    sync.set_acquire(acquire, 1);
    sync.set_release(release, 1);
    SECTION("it gets no fence") {}
    SECTION("its fence doesn't signal") {
        acquire.submit(1);
    }
    window.commit(green.get());
    CHECK(shell.await([&] { return green.releases == 1; }));
    CHECK(window.seen() == "64x48 red");
    CHECK(release.has_signalled(1));
    // Nor does a screen wait for it.
    CHECK(describe(screen.draw()) == "64x48 red");
    CHECK(!wlr_linux_drm_syncobj_v1_get_surface_state(window.server())->acquire_timeline);
    sync.set_acquire(later, 1);
    sync.set_release(release, 2);
    later.signal(1);
    window.commit(blue.get());
    CHECK(window.awaits("64x48 blue"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "no part is shown of a picture whose acquire point never signals") {
    Timeline acquire, release;
    ClientSurface other{shell, client};
    const Toplevel role{other};
    const Viewport viewport{window};
    other.commit(green.get());
    REQUIRE(other.awaits("32x24 green"));
    REQUIRE(shell.global->offer_explicit_sync());
    shell.settle();
    SyncSurface sync{client, window.get()};
    sync.set_acquire(acquire, 1);
    sync.set_release(release, 1);
    window.commit(green.get());
    REQUIRE(await_all_applied());
    viewport.crop(0, 0, 8, 8);
    window.commit();
    REQUIRE(await_all_applied());
    CHECK(window.seen() == "64x48 red");
    CHECK(!release.has_signalled(1));
    acquire.signal(1);
    window.commit();
    CHECK(window.awaits("8x8 green"));
}

TEST_CASE_METHOD(Fixture, "the picture, its size and what crops it stay together") {
    const int commits = GENERATE(0, 3);
    const Viewport viewport{window};
    writer.emplace(green.dmabuf());
    std::string blue_sight = "64x48 blue";
    SECTION("scale") {
        wl_surface_set_buffer_scale(window.get(), 2);
        blue_sight = "32x24 blue";
    }
    SECTION("transform") {
        wl_surface_set_buffer_transform(window.get(), WL_OUTPUT_TRANSFORM_90);
        blue_sight = "48x64 blue";
    }
    SECTION("crop") {
        viewport.crop(16, 12, 16, 12);
        blue_sight = "16x12 blue";
    }
    SECTION("size") {
        viewport.scale(100, 10);
        blue_sight = "100x10 blue";
    }
    SECTION("nothing but the buffer's own") {}
    window.commit(green.get());
    // Nor do commits without a buffer part them.
    for (int i = 0; i < commits; ++i)
        window.commit();
    REQUIRE(await_all_applied());
    CHECK(window.seen() == "64x48 red");
    // Damage and what only concerns the surface itself go on.
    wl_surface_damage(window.get(), 0, 0, 10, 10);
    window.commit();
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    CHECK(window.server()->current.buffer_width == 64);
    window.commit(blue.get());
    CHECK(window.awaits(blue_sight));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "what is set after a skipped picture counts with the next one") {
    const Viewport viewport{window};
    viewport.crop(32, 24, 32, 24);
    window.commit();
    REQUIRE(window.awaits("32x24 red"));
    writer.emplace(green.dmabuf());
    viewport.crop(8, 8, 8, 8);
    window.commit(green.get());
    // Outside what green has.
    viewport.crop(0, 0, 20, 20);
    window.commit();
    REQUIRE(await_all_applied());
    CHECK(window.seen() == "32x24 red");
    window.commit(blue.get());
    CHECK(window.awaits("20x20 blue"));
}

TEST_CASE_METHOD(Fixture, "regions and positions go on with a skipped picture") {
    Subsurface child{window};
    ColorBuffer child_red{client, Red};
    child.surface.commit(child_red.get());
    window.commit();
    REQUIRE(child.surface.awaits("64x48 red"));
    writer.emplace(green.dmabuf());
    wl_subsurface_set_position(child.get(), 5, 6);
    wl_region* region = wl_compositor_create_region(client.compositor());
    wl_region_add(region, 1, 2, 3, 4);
    wl_surface_set_input_region(window.get(), region);
    wl_region_destroy(region);
    window.commit(green.get());
    REQUIRE(await_all_applied());
    CHECK(window.seen() == "64x48 red");
    CHECK(wlr_subsurface_try_from_wlr_surface(child.surface.server())->current.x == 5);
    const pixman_box32_t* box = pixman_region32_extents(&window.server()->input_region);
    CHECK(box->x1 == 1);
    CHECK(box->y2 == 6);
}

TEST_CASE_METHOD(Fixture, "a first picture that doesn't come is a transparent one of its size") {
    ClientSurface other{shell, client};
    const Toplevel role{other};
    writer.emplace(green.dmabuf());
    other.commit(green.get());
    CHECK(other.awaits("32x24 transparent"));
    CHECK(other.is_mapped());
    CHECK(shell.await([&] { return green.releases == 1; }));
    other.commit(blue.get());
    CHECK(other.awaits("64x48 blue"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "pictures behind one that doesn't come are shown") {
    writer.emplace(green.dmabuf());
    window.commit(green.get());
    window.commit(blue.get());
    CHECK(window.awaits("64x48 blue"));
    CHECK(shell.await([&] { return green.releases == 1; }));
}

TEST_CASE_METHOD(Fixture, "a tree whose subsurface is overdue goes on without that picture") {
    Subsurface child{window};
    ColorBuffer child_red{client, Red};
    child.surface.commit(child_red.get());
    window.commit();
    REQUIRE(child.surface.awaits("64x48 red"));
    writer.emplace(green.dmabuf());
    child.surface.commit(green.get());
    window.commit(blue.get());
    CHECK(window.awaits("64x48 blue"));
    CHECK(child.surface.seen() == "64x48 red");
    CHECK(shell.await([&] { return green.releases == 1; }));
}

TEST_CASE_METHOD(Fixture, "one that is overdue takes no picture with it that came in time") {
    Subsurface child{window};
    ColorBuffer child_red{client, Red}, child_blue{client, Blue};
    child.surface.commit(child_red.get());
    window.commit();
    REQUIRE(child.surface.awaits("64x48 red"));
    writer.emplace(green.dmabuf());
    child.surface.commit(child_blue.get());
    child.surface.commit(green.get());
    window.commit();
    CHECK(child.surface.awaits("64x48 blue"));
    CHECK(shell.await([&] { return green.releases == 1; }));
    CHECK(child.surface.seen() == "64x48 blue");
}

TEST_CASE_METHOD(Fixture, "a lock whose first picture doesn't come is never seen without one") {
    ClientSurface other{shell, client};
    const auto role = make_role(RoleKind::Lock, other);
    ColorBuffer white{client, White};
    writer.emplace(white.dmabuf());
    other.commit(white.get());
    int wrong = 0;
    shell.after_turn = [&] { wrong += other.is_mapped() && other.seen() != "64x48 transparent"; };
    CHECK(shell.await([&] { return white.releases == 1; }));
    shell.after_turn = nullptr;
    CHECK(wrong == 0);
    CHECK(client.connection() == Answer{});
}

TEST_CASE("whom the compositor wants gone for a picture that is overdue is disconnected, alone") {
    int asked = 0;
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2),
                     {.global = {.ready_timeout = Timeout, .disconnects = [&](wl_client*) {
                                     ++asked;
                                     return true;
                                 }}}};
    RawClient& client = shell.connect();
    RawClient& other_client = shell.connect();
    ClientSurface window{shell, client}, other{shell, other_client};
    const Toplevel toplevel{window}, other_toplevel{other};
    ColorBuffer green{client, Green}, blue{other_client, Blue};
    const FakeWriter writer{green.dmabuf()};
    window.commit(green.get());
    window.commit(green.get());
    other.commit(blue.get());
    CHECK(shell.await([&] { return !window.server(); }));
    CHECK(asked == 1);
    shell.settle();
    CHECK(client.connection().kind == Answer::Error);
    CHECK(other.awaits("64x48 blue"));
    CHECK(other_client.connection() == Answer{});
}

TEST_CASE("a client that has more commits waiting than it may has the oldest skipped") {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2), {.global = {.held_commits = 4}}};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    const Toplevel toplevel{window};
    ColorBuffer red{client, Red};
    window.commit(red.get());
    REQUIRE(window.awaits("64x48 red"));
    std::list<ColorBuffer> buffers;
    std::list<FakeWriter> writers;
    const auto commit_late = [&](const Pixel& color) {
        writers.emplace_back(buffers.emplace_back(client, color).dmabuf());
        window.commit(buffers.back().get());
    };
    for (int i = 0; i < 3; ++i)
        commit_late(Green);
    commit_late(Blue);
    shell.settle();
    CHECK(buffers.front().releases == 0);
    commit_late(White);
    CHECK(shell.await([&] { return buffers.front().releases == 1; }));
    CHECK(window.seen() == "64x48 red");
    CHECK(std::next(buffers.begin())->releases == 0);
    writers.clear();
    CHECK(window.awaits("64x48 white"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE("a synchronized subsurface that has more commits waiting than it may ends its client") {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2), {.global = {.held_commits = 4}}};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    const Toplevel toplevel{window};
    Subsurface child{window};
    ColorBuffer green{client, Green};
    const FakeWriter writer{green.dmabuf()};
    for (int i = 0; i < 6; ++i)
        child.surface.commit(green.get());
    client.round_trip();
    CHECK(client.connection() == Answer{Answer::Error, WL_DISPLAY_ERROR_NO_MEMORY, "wl_display"});
}

TEST_CASE("commits of a client that waits are counted, not those of a client that doesn't") {
    LocalShell shell{Drawing::Gles2, {.global = {.held_commits = 4}}};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    const Toplevel toplevel{window};
    ColorBuffer red{client, Red}, green{client, Green};
    for (int i = 0; i < 50; ++i)
        window.commit((i % 2 == 0 ? red : green).get());
    CHECK(window.awaits("64x48 green"));
    CHECK(client.connection() == Answer{});
}
