#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <tarmac/fd.hpp>

#include "support/local_compositor.hpp"

using tarmac::Fd;

namespace {

Fd open_null() {
    return Fd{open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

} // namespace

TEST_CASE("an Fd closes its descriptor once, wherever it was moved") {
    const std::size_t before = test::count_open_fds();
    {
        Fd a = open_null();
        Fd b = std::move(a);
        a = open_null();
        std::swap(a, b);
        CHECK(test::count_open_fds() == before + 2);
        a = Fd{};
        CHECK_FALSE(a);
    }
    CHECK(test::count_open_fds() == before);
}

TEST_CASE("a duplicate is another descriptor that children don't inherit") {
    const Fd fd = open_null();
    const auto copy = fd.duplicate();
    REQUIRE(copy);
    CHECK(copy->get() != fd.get());
    CHECK(fcntl(copy->get(), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("duplicating says what went wrong") {
    SECTION("nothing to duplicate") {
        const auto copy = Fd{}.duplicate();
        REQUIRE_FALSE(copy);
        CHECK(copy.error().fault == tarmac::Fault::OutOfResources);
    }
    SECTION("no descriptor left") {
        const Fd fd = open_null();
        rlimit limit;
        REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
        const rlimit none = {static_cast<rlim_t>(fd.get()), limit.rlim_max};
        REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
        const auto copy = fd.duplicate();
        REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
        REQUIRE_FALSE(copy);
        CHECK(copy.error().message.contains("Too many open files"));
    }
}
