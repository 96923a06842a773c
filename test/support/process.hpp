#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tarmac/fd.hpp>
#include <vector>

namespace test {

/// A child process whose output is read line by line. Killed when this goes.
class Process {
public:
    /// `environment` is added to this process's own, as NAME=VALUE. Standard output and error both
    /// go to lines().
    Process(std::vector<std::string> command, std::vector<std::string> environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;

    /// The next line that contains `part`, waiting for it. Fails the test, with everything that was
    /// printed, if the output ends or half a minute passes without it.
    std::string await_line(const std::string& part);
    /// Reads what is printed, so that printing doesn't have to wait, until `file` gets readable;
    /// half a minute at most.
    void read_until(const tarmac::Fd& file);
    /// Waits for the end. The exit status, or minus the signal that ended it.
    int wait();
    /// Whether it runs still.
    bool is_running();

    /// What was printed so far, for messages.
    const std::string& output() const { return output_; }

    std::size_t count_open_fds() const;

private:
    bool read_available();
    bool read_more(std::chrono::steady_clock::time_point until);

    pid_t pid_;
    tarmac::Fd pipe_;
    std::string output_;
    std::size_t seen_ = 0; ///< how much of output_ await_line() has passed
    std::optional<int> status_;
};

} // namespace test
