// What the startup command is given.

#include <catch2/catch_test_macros.hpp>
#include <sys/resource.h>

#include "support/compositor_process.hpp"

using namespace test;

TEST_CASE("the startup command has the limit of descriptors that the compositor was given") {
    rlimit limit;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    // Less than the compositor may have, which it takes.
    const rlimit given{limit.rlim_max / 2, limit.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &given) == 0);
    Process process = start_compositor(
        {"--startup", "echo of $0: $(ulimit -S -n) $(ulimit -H -n); grep files /proc/$PPID/limits",
         "--exit-with-client"},
        {.renderer = "pixman", .drm_device = ""});
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(process.await_line("of ") ==
          "of /bin/sh: " + std::to_string(given.rlim_cur) + " " + std::to_string(given.rlim_max));
    CHECK(process.await_line("Max open files").contains(std::to_string(limit.rlim_max)));
    CHECK(process.wait() == 0);
}
