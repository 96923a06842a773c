#include "ready/import_queue.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <string>
#include <sys/eventfd.h>
#include <wayland-server-core.h>

using namespace std::chrono_literals;
using tarmac::ImportQueue;

namespace {

struct Fixture {
    std::unique_ptr<wl_event_loop, decltype([](wl_event_loop* l) { wl_event_loop_destroy(l); })>
        loop{wl_event_loop_create()};
    ImportQueue queue{loop.get(), std::make_shared<tarmac::Turn>(loop.get()), 2ms};
    std::vector<ImportQueue::Ticket> tickets;
    std::string done;

    // The queue only compares clients.
    wl_client* client(std::uintptr_t number) { return reinterpret_cast<wl_client*>(number); }

    void push(std::uintptr_t client_number, char name, std::chrono::milliseconds takes = 0ms,
              ImportQueue::Kind kind = ImportQueue::Kind::Import) {
        const auto work = [this, name, takes] {
            spin(takes);
            done += name;
        };
        tickets.push_back(queue.push(client(client_number), work, kind));
    }
    /// As requests do.
    void import(std::uintptr_t client_number, char name, std::chrono::milliseconds takes = 0ms) {
        if (!queue.goes_ahead(client(client_number), ImportQueue::Kind::Import))
            return push(client_number, name, takes);
        spin(takes);
        done += name;
    }
    /// A sleep would give the time away.
    static void spin(std::chrono::milliseconds time) {
        const auto end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end) {
        }
    }
    void turn() { wl_event_loop_dispatch(loop.get(), 0); }

    /// A turn in which something arrives, as requests of clients do.
    void turn_with(std::function<void()> arrive) {
        const tarmac::Fd ready{eventfd(1, EFD_CLOEXEC)};
        wl_event_source* source = wl_event_loop_add_fd(
            loop.get(), ready.get(), WL_EVENT_READABLE,
            [](int, std::uint32_t, void* data) {
                (*static_cast<std::function<void()>*>(data))();
                return 0;
            },
            &arrive);
        turn();
        wl_event_source_remove(source);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "work is done at the end of the turn in which it came") {
    turn_with([this] {
        push(1, 'a');
        CHECK(done.empty());
    });
    CHECK(done == "a");
    turn();
    CHECK(done == "a");
}

TEST_CASE_METHOD(Fixture, "a turn stops when its budget is used up, and the next goes on") {
    turn_with([this] {
        for (char name = 'a'; name < 'k'; ++name)
            push(1, name, 1ms);
    });
    // Two that fit, at least one, and never one more than the one that crosses the line.
    const std::size_t first = done.size();
    CHECK(first >= 1);
    CHECK(first <= 2);
    for (int turns = 0; turns < 10; ++turns)
        turn();
    CHECK(done == "abcdefghij");
}

TEST_CASE_METHOD(Fixture, "one client's flood doesn't keep others waiting") {
    for (char name = 'a'; name < 'f'; ++name)
        push(1, name);
    push(2, 'X');
    push(3, 'Y');
    // Where the machine is busy, what is left of the flood may be the next turn's.
    for (int turns = 0; turns < 5; ++turns)
        turn();
    CHECK(done == "aXYbcde");
}

TEST_CASE_METHOD(Fixture, "a ticket given up is work not done") {
    push(1, 'a');
    push(1, 'b');
    tickets.erase(tickets.begin());
    turn();
    CHECK(done == "b");
}

TEST_CASE_METHOD(Fixture, "a ticket given up isn't what a turn without time does") {
    turn_with([this] {
        push(1, 'a');
        push(1, 'b');
        tickets.erase(tickets.begin());
        spin(3ms);
    });
    CHECK(done == "b");
}

TEST_CASE_METHOD(Fixture, "a ticket redeemed early is work done once") {
    push(1, 'a');
    push(1, 'b');
    tickets[1].redeem();
    CHECK(done == "b");
    turn();
    CHECK(done == "ba");
    tickets[1].redeem();
    CHECK(done == "ba");
}

TEST_CASE_METHOD(Fixture, "work may give up its own ticket and ask for more") {
    ImportQueue::Ticket own, more;
    own = queue.push(client(1), [&] {
        own = {};
        done += 'a';
        more = queue.push(client(1), [&] { done += 'b'; });
    });
    turn();
    turn();
    CHECK(done == "ab");
}

TEST_CASE_METHOD(Fixture, "the requests that ask for imports have their part of the budget") {
    turn_with([this] {
        push(1, 'a');
        spin(3ms);
        push(1, 'b');
    });
    CHECK(done == "a");
    turn_with([this] { push(1, 'c'); });
    CHECK(done == "abc");
}

TEST_CASE_METHOD(Fixture, "work that brings more work has no more of a turn than other work") {
    std::function<void()> go_on = [&] {
        tickets.push_back(queue.push(client(1), [&] {
            spin(1ms);
            done += 'a';
            if (done.size() < 6)
                go_on();
        }));
    };
    turn_with(go_on);
    CHECK(done.size() <= 2);
    for (int turns = 0; turns < 6; ++turns)
        turn();
    CHECK(done == "aaaaaa");
}

TEST_CASE_METHOD(Fixture, "what comes in a turn isn't kept from it by work of others") {
    std::function<void()> go_on = [&] {
        tickets.push_back(queue.push(client(1), [&] {
            spin(1ms);
            if (done.empty())
                go_on();
        }));
    };
    turn_with(go_on);
    turn_with([this] { push(2, 'b'); });
    CHECK(done == "b");
}

TEST_CASE_METHOD(Fixture, "a next turn begins before what others do at its end") {
    turn_with([this] {
        for (char name = 'a'; name < 'e'; ++name)
            push(1, name, 2ms);
    });
    REQUIRE(done == "a");
    // As an output's frame.
    turn_with([this] {
        wl_event_loop_add_idle(
            loop.get(), [](void* text) { *static_cast<std::string*>(text) += '|'; }, &done);
    });
    CHECK(done.starts_with("ab|"));
    for (int turns = 0; turns < 4; ++turns)
        turn();
    CHECK(done == "ab|cd");
}

TEST_CASE_METHOD(Fixture, "four imports that are answered are done in a turn, whatever they take") {
    turn_with([this] {
        for (char name = 'a'; name < 'g'; ++name)
            push(1, name, 2ms, ImportQueue::Kind::AnsweredImport);
    });
    CHECK(done == "abcd");
    turn();
    CHECK(done == "abcdef");
}

TEST_CASE_METHOD(Fixture, "who had no import done in a turn comes first") {
    turn_with([this] {
        push(1, 'a', 2ms);
        push(1, 'b', 2ms);
        push(1, 'c', 2ms);
    });
    REQUIRE(done == "a");
    turn_with([this] { push(2, 'X', 2ms); });
    CHECK(done == "abX");
    for (int turns = 0; turns < 2; ++turns)
        turn();
    CHECK(done == "abXc");
}

TEST_CASE_METHOD(Fixture, "while there is time, and nothing waits, imports go ahead") {
    turn_with([this] {
        import(1, 'a');
        CHECK(done == "a");
        import(1, 'b', 2ms);
        CHECK(done == "ab");
        import(1, 'c', 2ms);
        CHECK(done == "ab");
    });
    turn();
    CHECK(done == "abc");
    turn_with([this] {
        import(1, 'd');
        CHECK(done == "abcd");
    });
    turn_with([this] {
        push(1, 'e');
        import(1, 'f');
        CHECK(done == "abcd");
    });
    queue.pause();
    turn_with([this] {
        import(1, 'g');
        CHECK(done == "abcdef");
    });
}

TEST_CASE_METHOD(Fixture, "who had an import go ahead in a turn doesn't come first at its end") {
    turn_with([this] {
        import(1, 'a', 2ms);
        import(1, 'b', 2ms);
        import(2, 'X', 2ms);
    });
    CHECK(done == "aX");
    turn();
    CHECK(done == "aXb");
}

TEST_CASE("a queue that goes leaves the loop usable") {
    wl_event_loop* loop = wl_event_loop_create();
    {
        ImportQueue queue{loop, std::make_shared<tarmac::Turn>(loop), 2ms};
        auto ticket = queue.push(nullptr, [] {});
    }
    CHECK(wl_event_loop_dispatch(loop, 0) == 0);
    wl_event_loop_destroy(loop);
}

TEST_CASE_METHOD(Fixture, "while it is paused, imports wait and all else goes on") {
    turn_with([this] {
        push(1, 'a');
        queue.pause();
        push(1, 'x', 0ms, ImportQueue::Kind::Other);
        push(2, 'b', 0ms, ImportQueue::Kind::AnsweredImport);
    });
    turn();
    CHECK(done == "x");
    CHECK(queue.resumed() + 1s > std::chrono::steady_clock::now());
    SECTION("resumed") {
        turn_with([this] { push(2, 'c'); });
        turn();
        tickets.front() = {};
        queue.resume();
        CHECK(done == "x");
        turn();
        CHECK(done == "xbc");
        turn_with([this] { push(1, 'd'); });
        CHECK(done == "xbcd");
    }
    SECTION("resumed before the end of a turn") {
        turn_with([this] {
            push(1, 'c');
            queue.resume();
        });
        turn();
        CHECK(done.find('a') < done.find('c'));
        CHECK(done.size() == 4);
    }
    SECTION("finished") {
        queue.finish();
        CHECK(done.size() == 3);
    }
    SECTION("what is given up doesn't pile up") {
        for (int i = 0; i < 1000; ++i) {
            turn_with([this] { push(1, 'z'); });
            tickets.pop_back();
        }
        queue.resume();
        turn();
        CHECK(done.size() == 3);
    }
}
