// Whatever goes while a commit waits, in whatever order: nobody is left with what is gone. Made to
// be run with AddressSanitizer.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "support/fake_writer.hpp"
#include "support/order.hpp"
#include "support/red_window.hpp"
#include "support/subsurface.hpp"
#include "support/surface_role.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

enum Thing { Buffer, Role, Surface, Client, Signal, Global, Renderer, Display };

constexpr std::array<const char*, 8> names = {"buffer", "role",   "surface",  "client",
                                              "signal", "global", "renderer", "display"};

using Order = std::vector<Thing>;

/// A window, by default with a picture, whose next picture is late, and everything that can go.
struct Held {
    explicit Held(Drawing drawing, bool has_picture = true)
        : shell{drawing, {.has_own_renderer = drawing == Drawing::Pixman}} {
        if (has_picture) {
            window.commit(red.get());
            REQUIRE(window.awaits("64x48 red"));
        }
        writer.emplace(green.dmabuf());
        window.commit(green.get());
        window.commit(red.get());
        window.commit();
        shell.settle();
    }
    ~Held() {
        // What a test left, in an order that is surely right.
        writer.reset();
    }

    void destroy(Thing thing) {
        switch (thing) {
        case Buffer:
            green.destroy();
            break;
        case Role:
            toplevel.destroy();
            break;
        case Surface:
            window.destroy();
            break;
        case Client:
            shell.kill(client);
            break;
        case Signal:
            writer.reset();
            break;
        case Global:
            shell.global.reset();
            break;
        case Renderer:
            shell.destroy_renderer();
            break;
        case Display:
            shell.destroy_display();
            break;
        }
        if (shell.compositor) {
            shell.turn();
            shell.turn(1ms);
        }
    }

    LocalShell shell;
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer red{client, Red}, green{client, Green};
    std::optional<FakeWriter> writer;
};

/// Orders of what a client has and what the compositor has: each fifth, since all 840 take minutes
/// with sanitizers.
std::vector<Order> many_orders() {
    std::vector<Order> orders;
    int count = 0;
    for (Order order : {Order{Buffer, Role, Surface, Signal, Global, Renderer},
                        Order{Buffer, Client, Signal, Global, Renderer}}) {
        std::ranges::sort(order);
        do {
            if (count++ % 5 == 0)
                orders.push_back(order);
        } while (std::ranges::next_permutation(order).found);
    }
    return orders;
}

} // namespace

TEST_CASE("everything may go in any order while a commit waits") {
    for (Order order : many_orders()) {
        order.push_back(Display);
        INFO(describe(order, names));
        Held held{Drawing::Pixman};
        for (const Thing thing : order)
            held.destroy(thing);
    }
}

TEST_CASE("the display may go before what was made on it, while a commit waits") {
    const Order before =
        GENERATE(Order{}, Order{Buffer}, Order{Client}, Order{Renderer}, Order{Signal});
    const Order after = GENERATE(Order{Global, Renderer, Signal}, Order{Renderer, Global, Signal},
                                 Order{Signal, Renderer, Global}, Order{Signal, Global, Renderer});
    Order order;
    for (const Order& part : {before, {Display}, after}) {
        for (const Thing thing : part) {
            if (std::ranges::find(order, thing) == order.end())
                order.push_back(thing);
        }
    }
    INFO(describe(order, names));
    Held held{Drawing::Pixman, GENERATE(true, false)};
    for (const Thing thing : order)
        held.destroy(thing);
}

TEST_CASE("everything but an imported picture's renderer may go while a commit waits") {
    const Order order = GENERATE(Order{Buffer, Role, Surface, Signal, Global, Display},
                                 Order{Buffer, Client, Global}, Order{Client, Buffer, Global},
                                 Order{Global, Signal, Client}, Order{Global, Client, Signal},
                                 Order{Role, Surface, Buffer, Global},
                                 Order{Role, Global, Surface, Buffer}, Order{Role, Signal, Surface},
                                 Order{Display, Global, Signal}, Order{Display, Signal, Global});
    INFO(describe(order, names));
    Held held{Drawing::Gles2, GENERATE(true, false)};
    for (const Thing thing : order)
        held.destroy(thing);
}

TEST_CASE("without the global what waited is shown no more, and nobody else is the worse for it") {
    Held held{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    held.destroy(Global);
    ShmBuffer memory{held.client, White};
    held.window.commit(memory.get());
    held.destroy(Signal);
    CHECK(held.window.awaits("64x48 white"));
    CHECK(held.client.connection() == Answer{});
}

TEST_CASE("listeners of a commit may destroy others that come with it") {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    RawClient& client = shell.connect();
    RawClient& other_client = shell.connect();
    ClientSurface window{shell, client}, other{shell, other_client}, third{shell, client};
    const Toplevel toplevel{window}, other_toplevel{other}, third_toplevel{third};
    ColorBuffer green{client, Green};
    ColorBuffer other_green{other_client, Green};
    // One fence, so that all get ready in one turn.
    std::optional<FakeWriter> writer{std::in_place, green.dmabuf()};
    std::optional<FakeWriter> other_writer{std::in_place, other_green.dmabuf()};
    window.commit(green.get());
    third.commit(green.get());
    other.commit(other_green.get());
    shell.settle();
    REQUIRE(window.server());
    REQUIRE(other.server());
    wl_client* own = wl_resource_get_client(window.server()->resource);
    wl_client* others = wl_resource_get_client(other.server()->resource);
    tarmac::Listener committed, gone;
    wl_client* victim = nullptr;
    SECTION("another client") {
        victim = others;
    }
    SECTION("their own client, after the call") {
        victim = own;
    }
    std::function<void()> end_victim = [&] {
        if (victim == others)
            wl_client_destroy(std::exchange(victim, nullptr));
        else if (victim)
            wl_client_post_implementation_error(std::exchange(victim, nullptr), "a test");
    };
    committed.connect(window.server()->events.commit, end_victim);
    gone.connect(window.server()->events.destroy, [&] {
        committed.disconnect();
        gone.disconnect();
    });
    writer.reset();
    other_writer.reset();
    CHECK(shell.await([&] { return !victim; }));
    shell.settle();
    shell.turn(10ms);
    // libwayland ends a client for an error when it hears from it next.
    client.round_trip();
    CHECK((other.server() == nullptr || client.connection().kind == Answer::Error));
}

TEST_CASE("a whole tree may go while it waits, in any order") {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    Subsurface child{window};
    Subsurface grandchild{child.surface};
    ColorBuffer red{client, Red}, green{client, Green}, blue{client, Blue};
    if (GENERATE(true, false)) {
        grandchild.surface.commit(red.get());
        child.surface.commit(red.get());
        window.commit(red.get());
        REQUIRE(window.awaits("64x48 red"));
    }
    std::optional<FakeWriter> writer{std::in_place, green.dmabuf()};
    grandchild.surface.commit(GENERATE(true, false) ? green.get() : blue.get());
    child.surface.commit(GENERATE(true, false) ? green.get() : blue.get());
    window.commit(green.get());
    grandchild.surface.commit(blue.get());
    shell.settle();
    std::vector<std::function<void()>> steps = {
        [&] {
            toplevel.destroy();
            window.destroy();
        },
        [&] {
            child.destroy();
            child.surface.destroy();
        },
        [&] {
            grandchild.destroy();
            grandchild.surface.destroy();
        },
        [&] { writer.reset(); },
    };
    std::vector order = {0u, 1u, 2u, 3u};
    const int permutation = GENERATE(range(0, 24));
    for (int i = 0; i < permutation; ++i)
        std::ranges::next_permutation(order);
    for (const unsigned step : order) {
        steps[step]();
        shell.turn();
        shell.turn(1ms);
    }
    shell.settle();
    CHECK(client.connection() == Answer{});
}

TEST_CASE("a renderer may be replaced while a commit waits") {
    const bool has_picture = GENERATE(true, false);
    Held held{Drawing::Pixman, has_picture};
    Drawer next{Drawing::Pixman};
    wlr_compositor_set_renderer(held.shell.surfaces, next.renderer());
    REQUIRE(held.shell.global->set_importers(next.importers()));
    held.shell.destroy_renderer();
    held.shell.settle();
    const auto sees = [&](const std::string& sight) {
        return held.shell.await(
            [&] { return test::describe(next.look(held.window.server())) == sight; });
    };
    CHECK(sees(has_picture ? "64x48 red" : "nothing"));
    held.window.commit(held.green.get());
    held.destroy(Signal);
    CHECK(sees("64x48 green"));
    CHECK(held.client.connection() == Answer{});
    // What drew at last goes last.
    held.destroy(Display);
    held.shell.global.reset();
}

TEST_CASE_METHOD(RedWindow, "once the global is gone, a picture of another size ends no process") {
    ColorBuffer large{client, Green, 2 * PictureWidth, 2 * PictureHeight};
    ShmBuffer small{client, Blue};
    const bool imports = shell.drawer().drawing() != Drawing::Pixman;
    std::optional<ClientSurface> another;
    std::optional<Toplevel> another_toplevel;
    shell.global.reset();
    window.show(large.get());
    CHECK(window.seen() == (imports ? "128x96 green" : "nothing"));
    // Nor one of a surface that nobody has ever followed.
    another.emplace(shell, client);
    another_toplevel.emplace(*another);
    another->show(small.get());
    CHECK(another->seen() == "64x48 blue");
    another->show(large.get());
    CHECK(another->seen() == (imports ? "128x96 green" : "nothing"));
    another->show(small.get());
    CHECK(another->seen() == "64x48 blue");
}
