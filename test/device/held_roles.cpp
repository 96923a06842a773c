// Late pictures of surfaces in every role, and what becomes of them when the surface is unmapped,
// or loses its role, before they are there. wlroots looks at what a surface shows now when a role
// is made, and asserts what it couldn't otherwise be, so any of these can end a compositor.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <optional>

#include "support/fake_writer.hpp"
#include "support/surface_role.hpp"
#include "xdg-shell-client-protocol.h"

using namespace test;

namespace {

/// A surface without a role, and three buffers.
struct Fixture {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    RawClient& client = shell.connect();
    ClientSurface surface{shell, client};
    ColorBuffer red{client, Red}, green{client, Green}, blue{client, Blue};
    std::optional<FakeWriter> writer;

    /// Commits green, which is still being written to.
    void commit_late_green() {
        writer.emplace(green.dmabuf());
        surface.show(green.get());
    }
    /// Nothing of it comes any more, and the client may draw in it again.
    void check_green_is_gone(const std::string& instead) {
        writer.reset();
        shell.settle();
        CHECK(surface.seen() == instead);
        CHECK(shell.await([&] { return green.releases == 1; }));
        CHECK(client.connection() == Answer{});
    }
};

/// When a surface gives up its picture, seen from the end of its role's object.
enum Unmapped { Before, After, Never };

/// The same in each role.
struct RoleFixture : Fixture {
    RoleKind kind = GENERATE(from_range(std::vector(std::begin(AllRoles), std::end(AllRoles))));
    std::unique_ptr<SurfaceRole> role = make_role(kind, surface);

    void show_red() {
        surface.commit(red.get());
        REQUIRE(surface.awaits("64x48 red"));
        REQUIRE(surface.is_mapped());
    }
    /// A picture comes as if nothing had been.
    void check_shows_blue() {
        surface.commit(blue.get());
        CHECK(surface.awaits("64x48 blue"));
        CHECK(surface.is_mapped());
        CHECK(client.connection() == Answer{});
    }
};

} // namespace

TEST_CASE_METHOD(RoleFixture,
                 "in every role a late first picture shows nothing until it is there") {
    INFO(kind);
    commit_late_green();
    CHECK(surface.seen() == "nothing");
    CHECK(!surface.is_mapped());
    writer.reset();
    CHECK(surface.awaits("64x48 green"));
    CHECK(surface.is_mapped());
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(RoleFixture, "in every role the old picture stays until the late one is there") {
    INFO(kind);
    show_red();
    commit_late_green();
    CHECK(surface.seen() == "64x48 red");
    writer.reset();
    CHECK(surface.awaits("64x48 green"));
    CHECK(shell.await([&] { return red.releases == 1; }));
}

TEST_CASE_METHOD(RoleFixture,
                 "in every role a surface is unmapped at once, whatever it waits for") {
    INFO(kind);
    if (kind == RoleKind::Lock)
        return; // must not be unmapped
    const bool has_picture = GENERATE(true, false);
    if (has_picture)
        show_red();
    commit_late_green();
    SECTION("with one commit before") {}
    SECTION("with several before") {
        surface.commit(blue.get());
        surface.commit();
    }
    surface.show(nullptr);
    CHECK(surface.seen() == "nothing");
    // A cursor's and a drag icon's surface stays mapped without a picture, as wlroots has it.
    if (has_object(kind))
        CHECK(!surface.is_mapped());
    check_green_is_gone("nothing");
    role->start_anew();
    check_shows_blue();
}

TEST_CASE_METHOD(RoleFixture, "a role's object goes with what the surface waited for") {
    INFO(kind);
    if (!has_object(kind))
        return;
    const bool has_picture = GENERATE(true, false);
    if (has_picture)
        show_red();
    commit_late_green();
    const Unmapped unmapped = GENERATE(Before, After, Never);
    if (kind == RoleKind::Lock && unmapped == Before)
        return; // must not be unmapped
    INFO((unmapped == Before  ? "unmapped before"
          : unmapped == After ? "unmapped after"
                              : "not unmapped"));
    if (unmapped == Before)
        surface.commit(nullptr);
    role->destroy();
    shell.settle();
    CHECK(!surface.is_mapped());
    if (unmapped == After)
        surface.show(nullptr);
    CHECK(client.connection() == Answer{});
    writer.reset();
    shell.settle();
    CHECK(!surface.is_mapped());
    CHECK(shell.await([&] { return green.releases == 1 || unmapped == Never; }));
    if (unmapped == Never)
        return; // wlroots takes no surface with a picture
    role.reset();
    role = make_role(kind, surface);
    check_shows_blue();
}

TEST_CASE_METHOD(RoleFixture, "a role's object that is made anew is none of what was late before") {
    INFO(kind);
    if (!has_object(kind) || kind == RoleKind::Lock)
        return;
    show_red();
    commit_late_green();
    surface.commit(nullptr);
    role->destroy();
    role.reset();
    role = make_role(kind, surface);
    // Still being written to.
    check_shows_blue();
    check_green_is_gone("64x48 blue");
}

TEST_CASE_METHOD(RoleFixture, "a client may die while its surface waits") {
    INFO(kind);
    if (GENERATE(true, false))
        show_red();
    commit_late_green();
    shell.kill(client);
    CHECK(!surface.server());
    writer.reset();
    RawClient& other_client = shell.connect();
    ClientSurface other{shell, other_client};
    const Toplevel toplevel{other};
    ColorBuffer white{other_client, White};
    other.commit(white.get());
    CHECK(other.awaits("64x48 white"));
}

TEST_CASE_METHOD(RoleFixture, "a surface may go while it waits") {
    INFO(kind);
    if (GENERATE(true, false))
        show_red();
    commit_late_green();
    // wlroots holds whoever does it the other way round to it.
    role->destroy();
    surface.destroy();
    shell.settle();
    CHECK(!surface.server());
    CHECK(client.connection() == Answer{});
    writer.reset();
    CHECK(shell.await([&] { return green.releases == 1; }));
}

TEST_CASE_METHOD(Fixture, "without a role a late picture is transparent, and exchanged later") {
    commit_late_green();
    CHECK(surface.seen() == "64x48 transparent");
    const int commits = surface.commits;
    writer.reset();
    CHECK(surface.awaits("64x48 green"));
    // Who draws it is told.
    CHECK(surface.commits == commits + 1);
}

TEST_CASE_METHOD(Fixture, "without a role what comes behind a late picture takes its place") {
    commit_late_green();
    SECTION("another picture") {
        surface.commit(blue.get());
        CHECK(surface.awaits("64x48 blue"));
        check_green_is_gone("64x48 blue");
    }
    SECTION("none") {
        surface.show(nullptr);
        CHECK(surface.seen() == "nothing");
        check_green_is_gone("nothing");
    }
    SECTION("shared memory") {
        ShmBuffer memory{client, White};
        surface.show(memory.get());
        CHECK(surface.seen() == "64x48 white");
        check_green_is_gone("64x48 white");
    }
    SECTION("the same, scaled") {
        wl_surface_set_buffer_scale(surface.get(), 2);
        surface.commit();
        shell.settle();
        CHECK(surface.seen() == "32x24 transparent");
        writer.reset();
        CHECK(surface.awaits("32x24 green"));
    }
}

TEST_CASE_METHOD(Fixture, "a surface gets a role while it waits for its picture") {
    commit_late_green();
    SECTION("that takes surfaces with a picture") {
        const RoleKind kind = GENERATE(RoleKind::Subsurface, RoleKind::Cursor, RoleKind::DragIcon,
                                       RoleKind::InputPopup);
        INFO(kind);
        const auto role = make_role(kind, surface);
        CHECK(surface.seen() == "64x48 transparent");
        writer.reset();
        CHECK(surface.awaits("64x48 green"));
        CHECK(client.connection() == Answer{});
    }
    SECTION("that takes none with a picture") {
        auto* base = static_cast<xdg_wm_base*>(client.bind_global(&xdg_wm_base_interface, 1));
        xdg_surface* object = xdg_wm_base_get_xdg_surface(base, surface.get());
        xdg_toplevel* toplevel = xdg_surface_get_toplevel(object);
        surface.commit();
        client.round_trip();
        CHECK(client.connection().kind == Answer::Error);
        writer.reset();
        shell.settle();
        xdg_toplevel_destroy(toplevel);
        xdg_surface_destroy(object);
        xdg_wm_base_destroy(base);
    }
    SECTION("that takes none with a picture, after it gave it up") {
        surface.commit(nullptr);
        const RoleKind kind =
            GENERATE(RoleKind::Toplevel, RoleKind::Popup, RoleKind::Layer, RoleKind::Lock);
        INFO(kind);
        const auto role = make_role(kind, surface);
        surface.commit(blue.get());
        CHECK(surface.awaits("64x48 blue"));
        check_green_is_gone("64x48 blue");
    }
}

TEST_CASE_METHOD(Fixture, "an xdg_surface gets its role only while the surface waits") {
    auto* base = static_cast<xdg_wm_base*>(client.bind_global(&xdg_wm_base_interface, 1));
    xdg_surface* object = xdg_wm_base_get_xdg_surface(base, surface.get());
    // An error of the client's, which nobody else pays for.
    commit_late_green();
    xdg_toplevel* toplevel = xdg_surface_get_toplevel(object);
    surface.commit();
    client.round_trip();
    CHECK(client.connection().kind == Answer::Error);
    writer.reset();
    shell.settle();
    xdg_toplevel_destroy(toplevel);
    xdg_surface_destroy(object);
    xdg_wm_base_destroy(base);
}

TEST_CASE_METHOD(Fixture, "popups go with their window while they wait") {
    const Toplevel toplevel{surface};
    surface.commit(red.get());
    REQUIRE(surface.awaits("64x48 red"));
    ClientSurface child{shell, client};
    const auto popup = make_popup(child, toplevel);
    writer.emplace(green.dmabuf());
    child.show(green.get());
    REQUIRE(child.seen() == "nothing");
    surface.show(nullptr);
    CHECK(!child.is_mapped());
    writer.reset();
    shell.settle();
    CHECK(!child.is_mapped());
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "a compositor may end a lock whose surface waits") {
    const auto role = make_role(RoleKind::Lock, surface);
    commit_late_green();
    REQUIRE(shell.lock);
    shell.end_lock();
    shell.settle();
    CHECK(!surface.is_mapped());
    writer.reset();
    shell.settle();
    CHECK(!surface.is_mapped());
    role->destroy();
    surface.destroy();
    CHECK(shell.await([&] { return green.releases == 1; }));
    CHECK(client.connection() == Answer{});
}
