// Memory taken away from a worker, for ThreadSanitizer too.

#include <atomic>
#include <catch2/catch_test_macros.hpp>

#include "ready/worker_pool.hpp"
#include "support/event_loop.hpp"
#include "support/guarded_file.hpp"

TEST_CASE("guarded memory is taken away while a worker reads it") {
    test::EventLoop loop;
    tarmac::WorkerPool pool{loop.get(), 1};
    test::GuardedFile file{64};
    const tarmac::GuardedRange guard = file.guard();
    std::atomic<bool> is_reading = false;
    bool is_over = false;
    const auto ticket = pool.submit(
        nullptr,
        [&](tarmac::WorkerPool::Control& control) {
            while (!guard.has_faulted() && !control.is_cancelled()) {
                for (std::size_t i = 0; i < file.size; i += 64)
                    static_cast<void>(file.memory[i]);
                is_reading = true;
            }
            return tarmac::WorkerPool::Outcome::Done;
        },
        [&](tarmac::WorkerPool::Outcome) { is_over = true; });
    REQUIRE(loop.turn_until([&] { return is_reading.load(); }));
    file.truncate();
    CHECK(loop.turn_until([&] { return is_over; }));
    CHECK(guard.has_faulted());
}
