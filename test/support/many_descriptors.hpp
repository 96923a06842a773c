#pragma once

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

} // namespace test
