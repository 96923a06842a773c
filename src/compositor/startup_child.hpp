#pragma once

#include <expected>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>
#include <tarmac/fd.hpp>
#include <utility>

namespace tarmac::compositor {

/// What the process was given, and the compositor changed for itself alone.
struct Inheritance {
    rlim_t descriptors; ///< soft limit: ours is too high for programs that call select()
    Fd standard_error;  ///< empty: unchanged
};

/// The process that --startup asks for, in a process group of its own. Owned by the Server.
class StartupChild {
public:
    /// Runs `command` with /bin/sh as a client of `socket`. Error: a sentence.
    static std::expected<StartupChild, std::string>
    start(const std::string& command, const std::string& socket, const Inheritance& inheritance);

    StartupChild(StartupChild&& other) noexcept : pid_{std::exchange(other.pid_, -1)} {}
    StartupChild& operator=(StartupChild&& other) noexcept {
        std::swap(pid_, other.pid_);
        return *this;
    }
    /// Sends SIGTERM to the process group unless the child has ended.
    ~StartupChild();

    /// To be called after SIGCHLD: the exit status as a shell has it (128 + N after signal N),
    /// once, when the child has ended.
    std::optional<int> reap();

private:
    explicit StartupChild(pid_t pid) noexcept : pid_{pid} {}

    pid_t pid_;
};

} // namespace tarmac::compositor
