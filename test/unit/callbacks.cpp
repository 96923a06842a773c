// What C calls of ours throws nothing, and what else there is to do goes on.

#include <catch2/catch_test_macros.hpp>
#include <new>
#include <sys/eventfd.h>
#include <unistd.h>
#include <wayland-client.h>
#include <wayland-server-core.h>

#include "ready/fence_watch.hpp"
#include "ready/import_queue.hpp"
#include "ready/worker_pool.hpp"
#include "support/event_loop.hpp"
#include "support/local_compositor.hpp"
#include "wlr/end_of_turn.hpp"
#include "wlr/guard.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"

using namespace tarmac;

namespace {

[[noreturn]] void run_out_of_memory() {
    throw std::bad_alloc{};
}

} // namespace

TEST_CASE("a listener without memory leaves the others their turn") {
    wl_signal signal;
    wl_signal_init(&signal);
    Listener first, second;
    bool is_second_called = false;
    first.connect(signal, run_out_of_memory);
    second.connect(signal, [&] { is_second_called = true; });
    wl_signal_emit_mutable(&signal, nullptr);
    CHECK(is_second_called);
}

TEST_CASE("sources of the event loop go on where one had no memory") {
    test::EventLoop loop;
    int n_called = 0;
    const auto fail = [&] {
        ++n_called;
        run_out_of_memory();
    };
    SECTION("at the end of a turn") {
        EndOfTurn end_of_turn{loop.get(), fail};
        end_of_turn.request();
        loop.turn();
        CHECK(n_called == 1);
        end_of_turn.request();
        loop.turn();
        CHECK(n_called == 2);
    }
    SECTION("of a timer") {
        const Timer timer{loop.get(), std::chrono::milliseconds{1}, fail};
        CHECK(loop.turn_until([&] { return n_called == 1; }));
    }
    SECTION("of files") {
        FenceWatch fences{loop.get()};
        const Fd readable{eventfd(1, EFD_CLOEXEC)};
        const auto first = fences.await(readable, fail), second = fences.await(readable, fail);
        REQUIRE((first && second));
        CHECK(loop.turn_until([&] { return n_called == 2; }));
    }
    SECTION("of workers") {
        WorkerPool workers{loop.get(), 1};
        const auto work = [](WorkerPool::Control&) { return WorkerPool::Outcome::Done; };
        const auto done = [&](WorkerPool::Outcome) { fail(); };
        const auto first = workers.submit(nullptr, work, done);
        const auto second = workers.submit(nullptr, work, done);
        CHECK(loop.turn_until([&] { return n_called == 2; }));
    }
}

TEST_CASE("an import without memory leaves those behind it their turn") {
    test::EventLoop loop;
    ImportQueue queue{loop.get(), std::make_shared<Turn>(loop.get()), std::chrono::seconds{1}};
    bool is_second_done = false, is_third_done = false;
    const auto first = queue.push(nullptr, run_out_of_memory);
    const auto second = queue.push(nullptr, [&] { is_second_done = true; });
    loop.turn();
    CHECK(is_second_done);
    const auto third = queue.push(nullptr, [&] { is_third_done = true; });
    loop.turn();
    CHECK(is_third_done);
}

TEST_CASE("a client whose request ran out of memory is told so") {
    test::LocalCompositor compositor;
    const Fd socket = compositor.connect();
    wl_client* client = wl_client_from_link(wl_display_get_client_list(compositor.display())->next);
    wl_display* display = wl_display_connect_to_fd(dup(socket.get()));
    SECTION("if it is there") {
        CHECK_FALSE(guard_for(client, run_out_of_memory));
        compositor.pump()();
        CHECK(wl_display_dispatch(display) < 0);
        std::uint32_t object = 0;
        const wl_interface* interface = nullptr;
        CHECK(wl_display_get_protocol_error(display, &interface, &object) ==
              WL_DISPLAY_ERROR_NO_MEMORY);
    }
    SECTION("and not while its objects go") {
        bool is_gone = false;
        Listener gone;
        wl_resource* resource = wl_resource_create(client, &wl_buffer_interface, 1, 0);
        wl_resource_add_destroy_listener(resource, gone.prepare([&] {
            gone.disconnect();
            is_gone = !guard_for(client, run_out_of_memory);
        }));
        wl_client_destroy(client);
        CHECK(is_gone);
    }
    wl_display_disconnect(display);
}
