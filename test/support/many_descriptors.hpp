#pragma once

#include <catch2/catch_test_macros.hpp>
#include <sys/resource.h>

namespace test {

/// As many descriptors as this process, and those that it starts, may have, while this lives.
class ManyDescriptors {
public:
    ManyDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit all{before_.rlim_max, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &all);
    }
    ~ManyDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
    ManyDescriptors(const ManyDescriptors&) = delete;
    ManyDescriptors& operator=(const ManyDescriptors&) = delete;

    rlim_t count() const { return before_.rlim_max; }

private:
    rlimit before_;
};

/// More than this process is given, while this lives. Skips the test where it may not have them.
class ManyMoreDescriptors {
public:
    ManyMoreDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        constexpr rlimit Many{1 << 16, 1 << 16};
        if (setrlimit(RLIMIT_NOFILE, &Many) != 0)
            SKIP("this process may have no more than " << before_.rlim_max << " descriptors");
    }
    ~ManyMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
    ManyMoreDescriptors(const ManyMoreDescriptors&) = delete;
    ManyMoreDescriptors& operator=(const ManyMoreDescriptors&) = delete;

private:
    rlimit before_{};
};

} // namespace test
