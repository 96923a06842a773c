#pragma once

#include <functional>
#include <sys/types.h>
#include <tarmac/fd.hpp>

#include "support/process.hpp"

namespace test {

/// A copy of this process that does some work and then keeps what it has until this goes, or
/// end().
class ForkedProcess {
public:
    /// `work` says whether it went well.
    explicit ForkedProcess(const std::function<bool()>& work);
    ~ForkedProcess();
    ForkedProcess(const ForkedProcess&) = delete;
    ForkedProcess& operator=(const ForkedProcess&) = delete;

    pid_t pid() const { return pid_; }
    /// Waits until the work is done, and says whether it went well. `other` may print meanwhile.
    bool is_done_well(Process& other) const;
    void signal(int number) const;
    /// Kills it, and waits for its end.
    void end();

private:
    pid_t pid_ = 0;
    tarmac::Fd answer_;
};

} // namespace test
