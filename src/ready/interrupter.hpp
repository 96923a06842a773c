#pragma once

#include <chrono>
#include <csignal>
#include <ctime>

namespace tarmac {

/// Interrupts system calls of the thread that made it, by a signal that does nothing else and that
/// the thread doesn't block for as long as this lives.
class Interrupter {
public:
    static constexpr std::chrono::milliseconds Patience{20};

    /// The signal: chosen, and its handler installed, at the first call. 0 if none is free.
    static int signal() noexcept;

    Interrupter() noexcept;
    ~Interrupter();
    Interrupter(const Interrupter&) = delete;
    Interrupter& operator=(const Interrupter&) = delete;

    /// Signals come from the end of the patience on, again and again: one that comes just before a
    /// system call begins is lost. None come if the process has no timer or signal left.
    void start() noexcept;
    void stop() noexcept;

private:
    void set(std::chrono::milliseconds first, std::chrono::milliseconds then) noexcept;

    sigset_t blocked_before_;
    timer_t timer_{};
    bool has_timer_ = false;
};

} // namespace tarmac
