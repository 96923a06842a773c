// What nobody needs any more is freed without keeping the event loop from its work.

#include "ready/disposal.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "support/event_loop.hpp"
#include "surface/transparent_pixel.hpp"
#include "wlr/buffer_lock.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;

namespace {

constexpr std::uint64_t Large = 16 << 20;

struct Fixture {
    std::vector<std::string> gone; ///< in that order
    std::atomic<std::thread::id> freed_by;
    Listener buffer_gone;
    test::EventLoop loop;
    ImportQueue turns{loop.get(), std::make_shared<Turn>(loop.get()), std::chrono::nanoseconds{1}};
    WorkerPool workers{loop.get()};
    std::optional<Disposal> disposal{std::in_place, turns, workers};

    BufferPtr make_buffer() {
        BufferPtr buffer = make_transparent_pixel();
        buffer_gone.connect(buffer->events.destroy, [this] {
            buffer_gone.disconnect();
            gone.push_back("buffer");
        });
        return buffer;
    }
    std::shared_ptr<const void> make_memory() {
        return {this, [this](const void*) { freed_by = std::this_thread::get_id(); }};
    }
    std::shared_ptr<const void> make_charge() {
        return {this, [this](const void*) {
                    gone.push_back(freed_by == std::thread::id{} ? "charge" : "memory, charge");
                }};
    }
    bool await_gone(std::size_t n) {
        return loop.turn_until([&] { return gone.size() == n; });
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a buffer goes in a turn of its own, large memory on a worker") {
    disposal->dispose(nullptr, {make_charge(), make_memory(), Large, make_buffer()});
    CHECK(gone.empty());
    REQUIRE(await_gone(2));
    CHECK(gone == std::vector<std::string>{"buffer", "memory, charge"});
    CHECK(freed_by != std::this_thread::get_id());
}

TEST_CASE_METHOD(Fixture, "no worker is woken for little memory") {
    disposal->dispose(nullptr, {make_charge(), make_memory(), 4096, make_buffer()});
    REQUIRE(await_gone(2));
    CHECK(freed_by == std::this_thread::get_id());
}

TEST_CASE_METHOD(Fixture, "no more buffers go in a turn than its budget allows") {
    constexpr int N = 5;
    int n_gone = 0;
    for (int i = 0; i < N; ++i)
        disposal->dispose(nullptr, {.charge = {this, [&](const void*) { ++n_gone; }},
                                    .buffer = make_transparent_pixel()});
    loop.turn();
    CHECK(n_gone < N);
    CHECK(loop.turn_until([&] { return n_gone == N; }));
}

TEST_CASE_METHOD(Fixture, "who wants more gets room by what he has left") {
    auto* client = reinterpret_cast<wl_client*>(this);
    CHECK_FALSE(disposal->free_one(client));
    disposal->dispose(client, {make_charge(), make_memory(), Large, make_buffer()});
    CHECK_FALSE(disposal->free_one(nullptr));
    CHECK(disposal->free_one(client));
    CHECK(gone == std::vector<std::string>{"buffer", "memory, charge"});
    CHECK_FALSE(disposal->free_one(client));

    BufferPtr shown = make_transparent_pixel();
    const BufferLock lock{wlr_buffer_lock(shown.get())};
    disposal->dispose(client, {.charge = make_charge(), .buffer = std::move(shown)});
    CHECK_FALSE(disposal->free_one(client));
}

TEST_CASE_METHOD(Fixture, "a buffer that somebody has locked goes later, and its memory with it") {
    BufferPtr buffer = make_buffer();
    BufferLock lock{wlr_buffer_lock(buffer.get())};
    disposal->dispose(nullptr, {make_charge(), make_memory(), Large, std::move(buffer)});
    SECTION("when it is unlocked") {
        for (int i = 0; i < 3; ++i)
            loop.turn();
        CHECK(gone.empty());
        lock.reset();
        CHECK(gone.empty());
        REQUIRE(await_gone(2));
        CHECK(gone == std::vector<std::string>{"buffer", "memory, charge"});
    }
    SECTION("though a renderer goes") {
        disposal->finish();
        CHECK(gone.empty());
        lock.reset();
        REQUIRE(await_gone(2));
    }
    SECTION("though everything goes") {
        disposal->retire();
        CHECK(gone == std::vector<std::string>{"memory, charge"});
        lock.reset();
        CHECK(gone.size() == 2);
    }
}

TEST_CASE_METHOD(Fixture, "buffers go at once when a renderer goes, and all when everything does") {
    disposal->dispose(nullptr, {make_charge(), make_memory(), Large, make_buffer()});
    SECTION("a renderer") {
        disposal->finish();
        CHECK(gone == std::vector<std::string>{"buffer"});
        disposal->finish();
        REQUIRE(await_gone(2));
        CHECK(freed_by != std::this_thread::get_id());
    }
    SECTION("everything") {
        disposal->retire();
        CHECK(gone.size() == 2);
        disposal->dispose(nullptr, {make_charge(), make_memory(), Large, make_buffer()});
        CHECK(gone.size() == 4);
    }
    SECTION("while a worker frees the memory") {
        loop.turn();
        disposal.reset();
        REQUIRE(await_gone(2));
    }
}
