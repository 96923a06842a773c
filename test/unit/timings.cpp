// How long things took, as it is told.

#include <catch2/catch_test_macros.hpp>

#include "account/timings.hpp"

using namespace tarmac;
using namespace std::chrono_literals;

TEST_CASE("what was never done took no time") {
    const Timing none = Timings{}.summary();
    CHECK(none.count == 0);
    CHECK(none.last == 0ns);
    CHECK(none.median == 0ns);
    CHECK(none.longest == 0ns);
}

TEST_CASE("times have a last, a median and a longest") {
    Timings times;
    for (const auto time : {30ns, 10ns, 500ns, 20ns, 40ns})
        times.note(time);
    const Timing told = times.summary();
    CHECK(told.count == 5);
    CHECK(told.last == 40ns);
    CHECK(told.median == 30ns);
    CHECK(told.longest == 500ns);
}

TEST_CASE("the median is that of the newest, and the longest that of all") {
    Timings times;
    times.note(1h);
    for (std::size_t i = 0; i < Timings::Kept; ++i)
        times.note(i % 2 == 0 ? 5ns : 7ns);
    Timing told = times.summary();
    CHECK(told.count == Timings::Kept + 1);
    CHECK(told.last == 7ns);
    CHECK(told.median == 7ns);
    CHECK(told.longest == 1h);
    times.note(5ns);
    times.note(5ns);
    told = times.summary();
    CHECK(told.last == 5ns);
    CHECK(told.median == 5ns);
}
