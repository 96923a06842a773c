#include "ready/interrupter.hpp"

#include <unistd.h>

namespace tarmac {

namespace {

constexpr std::chrono::milliseconds Again{5};

bool is_unused(int signal) noexcept {
    struct sigaction now{};
    return sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
           (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN);
}

/// Without SA_RESTART: the point is that the call returns.
bool take(int signal) noexcept {
    struct sigaction action{};
    action.sa_handler = [](int) {};
    sigemptyset(&action.sa_mask);
    return is_unused(signal) && sigaction(signal, &action, nullptr) == 0;
}

} // namespace

int Interrupter::signal() noexcept {
    static const int chosen = [] {
        if (take(SIGURG))
            return SIGURG;
        for (int real_time = SIGRTMAX; real_time > SIGRTMIN; --real_time) {
            if (take(real_time))
                return real_time;
        }
        return 0;
    }();
    return chosen;
}

Interrupter::Interrupter() noexcept {
    sigset_t wanted;
    sigemptyset(&wanted);
    if (signal() != 0)
        sigaddset(&wanted, signal());
    pthread_sigmask(SIG_UNBLOCK, &wanted, &blocked_before_);
    struct sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = signal();
    event._sigev_un._tid = gettid();
    has_timer_ = signal() != 0 && timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
}

Interrupter::~Interrupter() {
    if (has_timer_)
        timer_delete(timer_);
    pthread_sigmask(SIG_SETMASK, &blocked_before_, nullptr);
}

void Interrupter::start() noexcept {
    set(Patience, Again);
}

void Interrupter::stop() noexcept {
    set({}, {});
}

void Interrupter::set(std::chrono::milliseconds first, std::chrono::milliseconds then) noexcept {
    const auto to_timespec = [](std::chrono::milliseconds time) {
        return timespec{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds{time}.count()};
    };
    const itimerspec times{.it_interval = to_timespec(then), .it_value = to_timespec(first)};
    if (has_timer_)
        timer_settime(timer_, 0, &times, nullptr);
}

} // namespace tarmac
