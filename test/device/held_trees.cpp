// A surface and its synchronized subsurfaces are shown together: when one of them has to wait, all
// do, and nobody beside them.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <list>
#include <optional>

#include "support/fake_writer.hpp"
#include "support/subsurface.hpp"
#include "support/surface_role.hpp"

using namespace test;

namespace {

/// A window with a subsurface that is synchronized with it; both show red.
struct Fixture {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    Subsurface child{window};
    ColorBuffer red{client, Red}, green{client, Green}, blue{client, Blue}, white{client, White};
    ColorBuffer child_red{client, Red}, child_green{client, Green}, child_blue{client, Blue},
        child_white{client, White};
    /// Turns of the event loop after which the two were of different colours.
    int torn = 0;

    Fixture() {
        child.surface.commit(child_red.get());
        window.commit(red.get());
        REQUIRE(window.awaits("64x48 red"));
        REQUIRE(child.surface.awaits("64x48 red"));
        REQUIRE(child.surface.is_mapped());
        shell.after_turn = [this] { torn += window.seen() != child.surface.seen(); };
    }
    ~Fixture() { shell.after_turn = nullptr; }

    bool both_await(const std::string& sight) {
        return window.awaits(sight) && child.surface.awaits(sight);
    }
};

/// Where the surface lies among its parent's, from below; 0 is the lowest.
int place_of(const ClientSurface& surface, const ClientSurface& parent) {
    int place = 0;
    wlr_subsurface* sibling;
    wl_list_for_each(sibling, &parent.server()->current.subsurfaces_above, current.link) {
        if (sibling->surface == surface.server())
            return place;
        ++place;
    }
    return -1;
}

} // namespace

TEST_CASE_METHOD(Fixture, "a window waits for its late subsurface, and the other way round") {
    const bool is_child_late = GENERATE(true, false);
    std::optional<FakeWriter> writer{std::in_place,
                                     is_child_late ? child_green.dmabuf() : green.dmabuf()};
    child.surface.commit(child_green.get());
    window.commit(green.get());
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    CHECK(child.surface.seen() == "64x48 red");
    writer.reset();
    CHECK(both_await("64x48 green"));
    CHECK(torn == 0);
}

TEST_CASE_METHOD(Fixture, "both may be late, and get ready in any order") {
    const bool is_child_first = GENERATE(true, false);
    std::optional<FakeWriter> writer{std::in_place, green.dmabuf()};
    std::optional<FakeWriter> child_writer{std::in_place, child_green.dmabuf()};
    child.surface.commit(child_green.get());
    window.commit(green.get());
    shell.settle();
    (is_child_first ? child_writer : writer).reset();
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    CHECK(child.surface.seen() == "64x48 red");
    writer.reset();
    child_writer.reset();
    CHECK(both_await("64x48 green"));
    CHECK(torn == 0);
}

TEST_CASE_METHOD(Fixture, "a window without a new picture waits for its late subsurface, too") {
    std::optional<FakeWriter> writer{std::in_place, child_green.dmabuf()};
    child.surface.commit(child_green.get());
    wl_subsurface_set_position(child.get(), 7, 9);
    window.commit();
    shell.settle();
    auto* server = wlr_subsurface_try_from_wlr_surface(child.surface.server());
    CHECK(server->current.x == 0);
    CHECK(child.surface.seen() == "64x48 red");
    shell.after_turn = nullptr;
    writer.reset();
    CHECK(child.surface.awaits("64x48 green"));
    CHECK(server->current.x == 7);
}

TEST_CASE_METHOD(Fixture, "what a subsurface has for its parent's next commit waits for that") {
    std::optional<FakeWriter> writer;
    SECTION("with the first being late") {
        writer.emplace(GENERATE(true, false) ? green.dmabuf() : child_green.dmabuf());
    }
    SECTION("with nothing being late") {}
    child.surface.commit(child_green.get());
    window.commit(green.get());
    child.surface.commit(child_blue.get());
    shell.settle();
    writer.reset();
    CHECK(both_await("64x48 green"));
    shell.settle();
    CHECK(child.surface.seen() == "64x48 green");
    CHECK(torn == 0);
    window.commit(blue.get());
    CHECK(both_await("64x48 blue"));
    CHECK(torn == 0);
}

TEST_CASE_METHOD(Fixture, "several states of a tree wait, and come in their order") {
    const bool is_first_childs = GENERATE(false, true), is_second_childs = GENERATE(false, true);
    const bool is_second_first = GENERATE(true, false);
    INFO(name_of(shell.drawer().drawing())
         << ", late is first the " << (is_first_childs ? "child" : "window") << ", then the "
         << (is_second_childs ? "child" : "window")
         << (is_second_first ? ", which comes first" : ""));
    std::optional<FakeWriter> first{std::in_place,
                                    is_first_childs ? child_green.dmabuf() : green.dmabuf()};
    std::optional<FakeWriter> second{std::in_place,
                                     is_second_childs ? child_blue.dmabuf() : blue.dmabuf()};
    child.surface.commit(child_green.get());
    window.commit(green.get());
    child.surface.commit(child_blue.get());
    window.commit(blue.get());
    child.surface.commit(child_white.get());
    shell.settle();
    (is_second_first ? second : first).reset();
    if (is_second_first) {
        shell.settle();
        CHECK(window.seen() == "64x48 red");
    } else {
        CHECK(both_await("64x48 green"));
        shell.settle();
        CHECK(window.seen() == "64x48 green");
    }
    first.reset();
    second.reset();
    CHECK(both_await("64x48 blue"));
    shell.settle();
    CHECK(child.surface.seen() == "64x48 blue");
    window.commit(white.get());
    CHECK(both_await("64x48 white"));
    CHECK(torn == 0);
}

TEST_CASE_METHOD(Fixture, "a desynchronized subsurface and its window don't wait for each other") {
    shell.after_turn = nullptr;
    wl_subsurface_set_desync(child.get());
    const bool is_child_late = GENERATE(true, false);
    ClientSurface& late = is_child_late ? child.surface : window;
    ClientSurface& punctual = is_child_late ? window : child.surface;
    std::optional<FakeWriter> writer{std::in_place, green.dmabuf()};
    late.commit(green.get());
    punctual.commit(blue.get());
    CHECK(punctual.awaits("64x48 blue"));
    CHECK(late.seen() == "64x48 red");
    writer.reset();
    CHECK(late.awaits("64x48 green"));
    CHECK(punctual.seen() == "64x48 blue");
}

TEST_CASE_METHOD(Fixture, "a late subsurface that is desynchronized comes by itself") {
    shell.after_turn = nullptr;
    std::optional<FakeWriter> writer{std::in_place, child_green.dmabuf()};
    child.surface.commit(child_green.get());
    SECTION("before its picture is there") {
        wl_subsurface_set_desync(child.get());
        shell.settle();
        CHECK(child.surface.seen() == "64x48 red");
        writer.reset();
    }
    SECTION("after its picture is there") {
        writer.reset();
        shell.settle();
        CHECK(child.surface.seen() == "64x48 red");
        wl_subsurface_set_desync(child.get());
    }
    SECTION("and has another picture by then") {
        wl_subsurface_set_desync(child.get());
        child.surface.commit(child_white.get());
        shell.settle();
        CHECK(child.surface.seen() == "64x48 red");
        writer.reset();
        CHECK(child.surface.awaits("64x48 white"));
        return;
    }
    SECTION("while its window waits") {
        std::optional<FakeWriter> window_writer{std::in_place, green.dmabuf()};
        window.show(green.get());
        wl_subsurface_set_desync(child.get());
        writer.reset();
        window_writer.reset();
    }
    CHECK(child.surface.awaits("64x48 green"));
}

TEST_CASE_METHOD(Fixture, "a window waits for subsurfaces of its subsurfaces") {
    Subsurface grandchild{child.surface};
    ColorBuffer grand_red{client, Red}, grand_green{client, Green};
    shell.after_turn = nullptr;
    grandchild.surface.commit(grand_red.get());
    child.surface.commit();
    window.commit();
    REQUIRE(grandchild.surface.awaits("64x48 red"));
    shell.after_turn = [&] {
        torn += window.seen() != child.surface.seen() || window.seen() != grandchild.surface.seen();
    };
    std::optional<FakeWriter> writer{std::in_place, grand_green.dmabuf()};
    grandchild.surface.commit(grand_green.get());
    child.surface.commit(child_green.get());
    window.commit(green.get());
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    writer.reset();
    CHECK(both_await("64x48 green"));
    CHECK(grandchild.surface.seen() == "64x48 green");
    CHECK(torn == 0);
    shell.after_turn = nullptr;
}

TEST_CASE_METHOD(Fixture, "a desynchronized subsurface of a synchronized one comes with it") {
    // So says wl_subsurface; wlroots 0.20 by itself never shows it.
    Subsurface grandchild{child.surface};
    wl_subsurface_set_desync(grandchild.get());
    ColorBuffer grand_red{client, Red}, grand_green{client, Green};
    shell.after_turn = nullptr;
    grandchild.surface.commit(grand_red.get());
    child.surface.commit();
    window.commit();
    REQUIRE(grandchild.surface.awaits("64x48 red"));
    shell.after_turn = [&] {
        torn += window.seen() != child.surface.seen() || window.seen() != grandchild.surface.seen();
    };
    std::optional<FakeWriter> writer{std::in_place, grand_green.dmabuf()};
    grandchild.surface.commit(grand_green.get());
    child.surface.commit(child_green.get());
    window.commit(green.get());
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    writer.reset();
    CHECK(both_await("64x48 green"));
    CHECK(grandchild.surface.seen() == "64x48 green");
    CHECK(torn == 0);
    shell.after_turn = nullptr;
}

TEST_CASE_METHOD(Fixture, "a late subsurface's parent may go") {
    shell.after_turn = nullptr;
    std::optional<FakeWriter> writer{std::in_place, child_green.dmabuf()};
    child.surface.commit(child_green.get());
    const bool parent_waits = GENERATE(true, false);
    if (parent_waits)
        window.commit(green.get());
    shell.settle();
    SECTION("with all that it is") {
        toplevel.destroy();
        window.destroy();
    }
    SECTION("unmapped") {
        window.commit(nullptr);
    }
    shell.settle();
    CHECK(!child.surface.is_mapped());
    writer.reset();
    shell.settle();
    CHECK(!child.surface.is_mapped());
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "a window goes on when the subsurface that it waits for goes") {
    shell.after_turn = nullptr;
    std::optional<FakeWriter> writer{std::in_place, child_green.dmabuf()};
    child.surface.commit(child_green.get());
    window.commit(green.get());
    shell.settle();
    REQUIRE(window.seen() == "64x48 red");
    SECTION("from its place") {
        child.destroy();
    }
    SECTION("wholly") {
        child.destroy();
        child.surface.destroy();
    }
    SECTION("from sight") {
        child.surface.commit(nullptr);
        // For the next commit; what was to be seen before stays late.
        writer.reset();
    }
    CHECK(window.awaits("64x48 green"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "the order of subsurfaces waits with the window that changes it") {
    Subsurface other{window};
    ColorBuffer other_red{client, Red};
    shell.after_turn = nullptr;
    other.surface.commit(other_red.get());
    window.commit();
    REQUIRE(other.surface.awaits("64x48 red"));
    REQUIRE(place_of(other.surface, window) == 1);
    std::optional<FakeWriter> writer{std::in_place,
                                     GENERATE(true, false) ? green.dmabuf() : child_green.dmabuf()};
    child.surface.commit(child_green.get());
    wl_subsurface_place_above(child.get(), other.surface.get());
    window.commit(green.get());
    // For the commit after that.
    wl_subsurface_place_below(child.get(), other.surface.get());
    shell.settle();
    CHECK(place_of(other.surface, window) == 1);
    writer.reset();
    CHECK(both_await("64x48 green"));
    CHECK(place_of(other.surface, window) == 0);
    window.commit();
    shell.settle();
    CHECK(place_of(other.surface, window) == 1);
}

TEST_CASE_METHOD(Fixture, "a subsurface that is added to a waiting window comes with the next") {
    shell.after_turn = nullptr;
    std::optional<FakeWriter> writer{std::in_place, green.dmabuf()};
    window.commit(green.get());
    shell.settle();
    Subsurface added{window};
    ColorBuffer picture{client, White};
    added.surface.commit(picture.get());
    shell.settle();
    writer.reset();
    CHECK(window.awaits("64x48 green"));
    shell.settle();
    CHECK(!added.surface.is_mapped());
    window.commit(blue.get());
    CHECK(window.awaits("64x48 blue"));
    CHECK(added.surface.awaits("64x48 white"));
    CHECK(added.surface.is_mapped());
}

TEST_CASE_METHOD(Fixture, "twenty subsurfaces, each late by itself, are seen at once") {
    shell.after_turn = nullptr;
    constexpr std::size_t Count = 20;
    std::list<Subsurface> children;
    std::list<ColorBuffer> reds, greens;
    std::list<FakeWriter> writers;
    for (std::size_t i = 0; i < Count; ++i) {
        ClientSurface& surface = children.emplace_back(window).surface;
        surface.commit(reds.emplace_back(client, Red).get());
        greens.emplace_back(client, Green);
    }
    window.commit();
    REQUIRE(children.back().surface.awaits("64x48 red"));
    auto picture = greens.begin();
    for (Subsurface& each : children) {
        writers.emplace_back(picture->dmabuf());
        each.surface.commit((picture++)->get());
    }
    window.commit(green.get());
    shell.settle();
    const auto count_green = [&] {
        std::size_t count = 0;
        for (const Subsurface& each : children)
            count += each.surface.seen() == "64x48 green";
        return count;
    };
    while (writers.size() > 1) {
        writers.pop_front();
        shell.turn();
        REQUIRE(count_green() == 0);
    }
    CHECK(window.seen() == "64x48 red");
    std::size_t seen_first = 0;
    shell.after_turn = [&] {
        if (seen_first == 0)
            seen_first = count_green();
    };
    writers.clear();
    CHECK(window.awaits("64x48 green"));
    CHECK(seen_first == Count);
    shell.after_turn = nullptr;
}
