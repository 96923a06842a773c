// When to try again what goes wrong again and again.

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "compositor/backoff.hpp"

using namespace std::chrono_literals;
using tarmac::compositor::Backoff;

namespace {

struct Fixture {
    Backoff backoff;
    Backoff::Clock::time_point now = Backoff::Clock::now();

    /// The pauses of `n` attempts, each of which fails `later` than it was made.
    std::vector<std::chrono::milliseconds> pauses(int n, Backoff::Clock::duration later) {
        std::vector<std::chrono::milliseconds> result;
        for (int i = 0; i < n; ++i) {
            result.push_back(backoff.next(now));
            now += result.back() + later;
        }
        return result;
    }
};

using Pauses = std::vector<std::chrono::milliseconds>;

} // namespace

TEST_CASE_METHOD(Fixture, "pauses grow up to the longest") {
    CHECK(pauses(9, 20ms) == Pauses{0ms, 50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 3200ms});
    CHECK(pauses(100, 0ms).back() == Backoff::Longest);
}

TEST_CASE_METHOD(Fixture, "pauses shrink after a quiet while") {
    pauses(5, 20ms);
    now += 2 * Backoff::Quiet;
    CHECK(pauses(2, 0ms) == Pauses{200ms, 400ms});
    now += 20 * Backoff::Quiet;
    CHECK(pauses(3, 0ms) == Pauses{0ms, 50ms, 100ms});
}

TEST_CASE_METHOD(Fixture, "what goes wrong now and then is tried at once, or nearly so") {
    for (const auto pause : pauses(10, Backoff::Quiet))
        CHECK(pause <= Backoff::First);
}
