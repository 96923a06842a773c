#include "ready/worker_pool.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fcntl.h>
#include <latch>
#include <linux/dma-buf.h>
#include <mutex>
#include <new>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <sys/resource.h>
#include <tarmac/fd.hpp>
#include <thread>
#include <vector>

#include "support/event_loop.hpp"

using namespace std::chrono_literals;
using tarmac::WorkerPool;
using Outcome = WorkerPool::Outcome;
using Control = WorkerPool::Control;

namespace {

struct Fixture {
    test::EventLoop loop;
    std::optional<WorkerPool> pool;
    std::vector<WorkerPool::Ticket> tickets;
    std::vector<Outcome> outcomes;

    void start(unsigned threads) { pool.emplace(loop.get(), threads); }

    // The pool only compares clients.
    static const void* client(std::uintptr_t number) { return reinterpret_cast<void*>(number); }

    void submit(std::uintptr_t number, WorkerPool::Work work) {
        tickets.push_back(pool->submit(client(number), std::move(work),
                                       [this](Outcome outcome) { outcomes.push_back(outcome); }));
    }
    bool await(std::size_t n) {
        return loop.turn_until([&] { return outcomes.size() >= n; });
    }
};

/// What is written on several threads.
class Log {
public:
    void add(char name) {
        const std::lock_guard lock{mutex_};
        text_ += name;
    }
    std::string text() const {
        const std::lock_guard lock{mutex_};
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// Tells on which thread it goes.
class Witness {
public:
    explicit Witness(std::thread::id& gone_on) : gone_on_{&gone_on} {}
    Witness(Witness&& other) noexcept : gone_on_{std::exchange(other.gone_on_, nullptr)} {}
    ~Witness() {
        if (gone_on_)
            *gone_on_ = std::this_thread::get_id();
    }

private:
    std::thread::id* gone_on_;
};

} // namespace

TEST_CASE_METHOD(Fixture, "work is done on a worker, and its outcome told by the event loop") {
    start(1);
    std::thread::id worker, teller;
    WorkerPool::Ticket ticket = pool->submit(
        nullptr,
        [&](Control&) {
            worker = std::this_thread::get_id();
            return Outcome::Done;
        },
        [&](Outcome outcome) {
            outcomes.push_back(outcome);
            teller = std::this_thread::get_id();
        });
    CHECK(outcomes.empty());
    CHECK(ticket);
    REQUIRE(await(1));
    CHECK(outcomes == std::vector{Outcome::Done});
    CHECK(worker != std::this_thread::get_id());
    CHECK(teller == std::this_thread::get_id());
    CHECK_FALSE(ticket);
}

TEST_CASE_METHOD(Fixture, "who waits for work to return is told its outcome at once") {
    start(1);
    std::latch go_on{1};
    bool is_told_outside = false, is_waiting = false;
    WorkerPool::Ticket ticket = pool->submit(
        nullptr,
        [&](Control&) {
            go_on.wait();
            return Outcome::Done;
        },
        [&](Outcome outcome) {
            outcomes.push_back(outcome);
            is_told_outside = !is_waiting;
            ticket = {};
        });
    const auto now = std::chrono::steady_clock::now;
    is_waiting = true;
    ticket.finish_by(now() + 10ms);
    CHECK(outcomes.empty());
    CHECK(ticket);
    go_on.count_down();
    ticket.finish_by(now() + 10s);
    is_waiting = false;
    CHECK(outcomes == std::vector{Outcome::Done});
    ticket.finish_by(now() + 10s);
    // Nor is it told again.
    bool is_next_done = false;
    ticket = pool->submit(
        nullptr, [](Control&) { return Outcome::Done; }, [&](Outcome) { is_next_done = true; });
    CHECK(loop.turn_until([&] { return is_next_done; }));
    CHECK(outcomes.size() == 1);
    CHECK_FALSE(is_told_outside);
}

TEST_CASE_METHOD(Fixture, "clients take turns") {
    start(1);
    std::latch all_submitted{1};
    Log log;
    const auto write = [&](char name) {
        return [&log, &all_submitted, name](Control&) {
            all_submitted.wait();
            log.add(name);
            return Outcome::Done;
        };
    };
    for (char name = 'a'; name < 'e'; ++name)
        submit(1, write(name));
    submit(2, write('X'));
    submit(2, write('Y'));
    submit(3, write('0'));
    all_submitted.count_down();
    REQUIRE(await(7));
    CHECK(log.text() == "aX0bYcd");
}

TEST_CASE_METHOD(Fixture, "a client has one job at a time, however many workers are idle") {
    start(3);
    std::latch other_ran{1};
    Log log;
    submit(1, [&](Control&) {
        other_ran.wait();
        log.add('a');
        return Outcome::Done;
    });
    submit(1, [&](Control&) {
        log.add('b');
        return Outcome::Done;
    });
    submit(2, [&](Control&) {
        log.add('X');
        other_ran.count_down();
        return Outcome::Done;
    });
    REQUIRE(await(3));
    CHECK(log.text() == "Xab");
}

TEST_CASE_METHOD(Fixture, "bands are shared with idle workers") {
    start(3);
    std::latch all_at_once{3};
    std::mutex mutex;
    std::set<std::thread::id> threads;
    submit(1, [&](Control& control) {
        control.share(3, [&](unsigned) {
            all_at_once.arrive_and_wait();
            const std::lock_guard lock{mutex};
            threads.insert(std::this_thread::get_id());
        });
        return threads.size() == 3 ? Outcome::Done : Outcome::Failed;
    });
    REQUIRE(await(1));
    CHECK(outcomes[0] == Outcome::Done);
}

TEST_CASE_METHOD(Fixture, "bands aren't shared with workers that have a job") {
    start(2);
    std::latch shared{1};
    std::set<std::thread::id> threads;
    submit(1, [&](Control&) {
        shared.wait();
        return Outcome::Done;
    });
    std::string bands;
    submit(2, [&](Control& control) {
        control.share(5, [&](unsigned band) {
            threads.insert(std::this_thread::get_id());
            bands += static_cast<char>('0' + band);
        });
        shared.count_down();
        return Outcome::Done;
    });
    REQUIRE(await(2));
    CHECK(threads.size() == 1);
    CHECK(bands == "01234");
}

TEST_CASE_METHOD(Fixture, "who helps with bands takes a job that comes first") {
    start(2);
    std::latch helps{1}, is_submitted{1}, other_ran{1};
    submit(1, [&](Control& control) {
        const auto owner = std::this_thread::get_id();
        // The helper's second band would wait for the other's job for ever.
        control.share(3, [&](unsigned) {
            if (std::this_thread::get_id() != owner && !helps.try_wait()) {
                helps.count_down();
                is_submitted.wait();
            } else {
                other_ran.wait();
            }
        });
        return Outcome::Done;
    });
    helps.wait();
    submit(2, [&](Control&) {
        other_ran.count_down();
        return Outcome::Done;
    });
    is_submitted.count_down();
    REQUIRE(await(2));
    CHECK(outcomes == std::vector{Outcome::Done, Outcome::Done});
}

TEST_CASE_METHOD(Fixture, "what work throws, on any worker, is a failure and no more") {
    start(2);
    submit(1, [](Control&) -> Outcome { throw std::bad_alloc{}; });
    std::latch both{2};
    submit(1, [&](Control& control) {
        const auto owner = std::this_thread::get_id();
        control.share(2, [&](unsigned) {
            both.arrive_and_wait();
            if (std::this_thread::get_id() != owner)
                throw std::bad_alloc{};
        });
        return Outcome::Done;
    });
    submit(1, [](Control&) { return Outcome::Done; });
    REQUIRE(await(3));
    CHECK(outcomes == std::vector{Outcome::Failed, Outcome::Failed, Outcome::Done});
}

TEST_CASE_METHOD(Fixture, "a job given up before it starts goes at once") {
    start(1);
    std::latch go{1};
    submit(1, [&](Control&) {
        go.wait();
        return Outcome::Done;
    });
    std::thread::id gone_on;
    bool has_run = false;
    submit(1, [&has_run, witness = Witness{gone_on}](Control&) {
        has_run = true;
        return Outcome::Done;
    });
    submit(1, [](Control&) { return Outcome::Busy; });
    tickets.erase(tickets.begin() + 1);
    CHECK(gone_on == std::this_thread::get_id());
    go.count_down();
    REQUIRE(await(2));
    CHECK(outcomes == std::vector{Outcome::Done, Outcome::Busy});
    CHECK_FALSE(has_run);
}

TEST_CASE_METHOD(Fixture,
                 "a job given up while it runs is told, and what it holds goes here later") {
    start(1);
    std::latch runs{1};
    std::thread::id gone_on;
    submit(1, [&runs, witness = Witness{gone_on}](Control& control) {
        runs.count_down();
        while (!control.is_cancelled())
            std::this_thread::yield();
        return Outcome::Done;
    });
    runs.wait();
    tickets.clear();
    submit(1, [](Control&) { return Outcome::Done; });
    REQUIRE(await(1));
    CHECK(outcomes.size() == 1);
    CHECK(gone_on == std::this_thread::get_id());
}

TEST_CASE_METHOD(Fixture, "what a job holds goes when it is done, though the ticket stays") {
    start(1);
    std::thread::id gone_on;
    submit(1, [witness = Witness{gone_on}](Control&) { return Outcome::Done; });
    REQUIRE(await(1));
    CHECK(gone_on == std::this_thread::get_id());
}

TEST_CASE_METHOD(Fixture, "workers leave signals to others, but for faults") {
    start(1);
    sigset_t before, blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    submit(1, [&](Control&) {
        pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
        return Outcome::Done;
    });
    REQUIRE(await(1));
    for (int number : {SIGTERM, SIGINT, SIGCHLD, SIGUSR1, SIGALRM})
        CHECK(sigismember(&blocked, number));
    for (int number : {SIGBUS, SIGSEGV, SIGURG})
        CHECK_FALSE(sigismember(&blocked, number));
    sigset_t after;
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    CHECK(sigismember(&after, SIGTERM) == sigismember(&before, SIGTERM));
}

TEST_CASE_METHOD(Fixture, "SYNC of what is no dma-buf fails") {
    start(1);
    const tarmac::Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
    submit(1, [&](Control& control) {
        return control.sync(null.get(), DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
    });
    REQUIRE(await(1));
    CHECK(outcomes[0] == Outcome::Failed);
}

TEST_CASE_METHOD(Fixture, "a thread that doesn't come back costs its client the job, nobody else") {
    start(1);
    std::latch released{1};
    std::thread::id gone_on;
    submit(1, [&released, witness = Witness{gone_on}](Control&) {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, nullptr);
        released.wait();
        return Outcome::Done;
    });
    submit(1, [](Control&) { return Outcome::Done; });
    submit(2, [](Control&) { return Outcome::Done; });
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(await(2));
    CHECK(std::chrono::steady_clock::now() - begin >= 2s);
    REQUIRE(await(3));
    CHECK(outcomes == std::vector{Outcome::Lost, Outcome::Lost, Outcome::Done});

    submit(1, [](Control&) { return Outcome::Done; });
    REQUIRE(await(4));
    CHECK(outcomes[3] == Outcome::Lost);
    pool->forget(client(1));
    submit(1, [](Control&) { return Outcome::Done; });
    REQUIRE(await(5));
    CHECK(outcomes[4] == Outcome::Done);

    CHECK(gone_on == std::thread::id{});
    released.count_down();
    REQUIRE(loop.turn_until([&] { return gone_on != std::thread::id{}; }));
    CHECK(gone_on == std::this_thread::get_id());
    CHECK(outcomes.size() == 5);
}

TEST_CASE_METHOD(Fixture, "a thread is missed though others come back") {
    start(2);
    const auto released = std::make_shared<std::latch>(1);
    submit(1, [released](Control&) {
        released->wait();
        return Outcome::Done;
    });
    submit(2, [](Control&) { return Outcome::Done; });
    REQUIRE(await(1));
    CHECK(outcomes == std::vector{Outcome::Done});
    REQUIRE(await(2));
    CHECK(outcomes[1] == Outcome::Lost);
    released->count_down();
}

TEST_CASE_METHOD(Fixture, "a long job that shows signs of life isn't given up") {
    start(2);
    submit(1, [](Control& control) {
        const auto end = std::chrono::steady_clock::now() + 2500ms;
        while (std::chrono::steady_clock::now() < end)
            control.is_cancelled();
        return Outcome::Done;
    });
    submit(2, [](Control& control) {
        // Nobody else is idle.
        control.share(5, [](unsigned) { std::this_thread::sleep_for(500ms); });
        return Outcome::Done;
    });
    REQUIRE(await(2));
    CHECK(outcomes == std::vector{Outcome::Done, Outcome::Done});
}

TEST_CASE_METHOD(Fixture, "nothing wakes up when all is done") {
    start(2);
    submit(1, [](Control&) { return Outcome::Done; });
    REQUIRE(await(1));
    pollfd file{wl_event_loop_get_fd(loop.get()), POLLIN, 0};
    CHECK(poll(&file, 1, 2500) == 0);
}

TEST_CASE_METHOD(Fixture, "a pool goes with all that waits and runs") {
    start(2);
    std::latch runs{1};
    std::thread::id running_gone_on, waiting_gone_on;
    submit(1, [&runs, witness = Witness{running_gone_on}](Control& control) {
        runs.count_down();
        while (!control.is_cancelled())
            std::this_thread::yield();
        return Outcome::Done;
    });
    submit(1, [witness = Witness{waiting_gone_on}](Control&) { return Outcome::Done; });
    submit(2, [](Control&) { return Outcome::Done; });
    runs.wait();
    pool.reset();
    CHECK(running_gone_on == std::this_thread::get_id());
    CHECK(waiting_gone_on == std::this_thread::get_id());
    CHECK(std::ranges::none_of(tickets, [](const auto& ticket) { return bool{ticket}; }));
    loop.turn();
    CHECK(outcomes.empty());
}

TEST_CASE_METHOD(Fixture, "a pool goes without a thread that doesn't come back") {
    start(1);
    const auto runs = std::make_shared<std::latch>(1), released = std::make_shared<std::latch>(1),
               returns = std::make_shared<std::latch>(1);
    submit(1, [=](Control&) {
        runs->count_down();
        released->wait();
        returns->count_down();
        return Outcome::Done;
    });
    runs->wait();
    pool.reset();
    CHECK(outcomes.empty());
    released->count_down();
    returns->wait();
}

TEST_CASE_METHOD(Fixture, "an outcome may be the end of the pool") {
    start(2);
    std::latch go{1};
    for (std::uintptr_t number : {1, 2})
        tickets.push_back(pool->submit(
            client(number),
            [&](Control&) {
                go.wait();
                return Outcome::Done;
            },
            [this](Outcome outcome) {
                outcomes.push_back(outcome);
                pool.reset();
            }));
    go.count_down();
    REQUIRE(await(1));
    CHECK(outcomes.size() == 1);
}

TEST_CASE_METHOD(Fixture, "an outcome may give up its own ticket and submit more") {
    start(1);
    WorkerPool::Ticket own;
    own = pool->submit(
        client(1), [](Control&) { return Outcome::Busy; },
        [&](Outcome outcome) {
            outcomes.push_back(outcome);
            own = pool->submit(
                client(1), [](Control&) { return Outcome::Done; },
                [&](Outcome second) { outcomes.push_back(second); });
        });
    REQUIRE(await(2));
    CHECK(outcomes == std::vector{Outcome::Busy, Outcome::Done});
}

TEST_CASE("a pool made without descriptors left fails every job, and says so later") {
    Fixture fixture;
    rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    fixture.start(1);
    setrlimit(RLIMIT_NOFILE, &before);
    fixture.submit(1, [](Control&) { return Outcome::Done; });
    CHECK(fixture.outcomes.empty());
    REQUIRE(fixture.await(1));
    CHECK(fixture.outcomes[0] == Outcome::Failed);
    // Nobody waits for what will never run.
    const auto start = std::chrono::steady_clock::now();
    Outcome last = Outcome::Done;
    fixture.pool
        ->submit(
            nullptr, [](Control&) { return Outcome::Done; },
            [&](Outcome outcome) { last = outcome; })
        .finish_by(start + 10s);
    CHECK(last == Outcome::Failed);
    CHECK(std::chrono::steady_clock::now() < start + 10s);
}
