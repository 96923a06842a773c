#pragma once

#include <string>
#include <sys/types.h>
#include <tarmac/fd.hpp>
#include <vector>

namespace test {

/// A program on a terminal of 80 columns and 24 lines. Killed when this goes.
class Terminal {
public:
    explicit Terminal(const std::vector<std::string>& command);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void type(const std::string& keys) const;
    /// Waits until `part` has been written after what was awaited before. Fails the test, with all
    /// that was written, if half a minute passes without it.
    void await(const std::string& part);
    /// The exit status, once it has ended.
    int wait();

private:
    bool read_more();

    tarmac::Fd terminal_;
    pid_t pid_ = -1;
    std::string written_;
    std::size_t seen_ = 0;
};

} // namespace test
