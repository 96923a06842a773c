// The time without the kernel. In User-Mode Linux to ask for it is a system call, as dear as any,
// and there were more of those than of all others: libwayland and the library ask for it all the
// time.

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#include <x86intrin.h>

namespace {

using Nanoseconds = std::int64_t;

/// After that the kernel is asked again: timers are the kernel's, and may not seem to be early. As
/// much threads may differ by.
constexpr Nanoseconds Believed = 5'000'000;

Nanoseconds ask() {
    timespec now{};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec * Nanoseconds{1'000'000'000} + now.tv_nsec;
}

/// Of the counter of a CPU, which counts at one speed whatever the CPU does.
double nanoseconds_per_count() {
    static const double measured = [] {
        constexpr Nanoseconds Long = 20'000'000;
        const std::uint64_t first = __rdtsc();
        const Nanoseconds begin = ask();
        Nanoseconds now = begin;
        while (now - begin < Long)
            now = ask();
        return static_cast<double>(now - begin) / static_cast<double>(__rdtsc() - first);
    }();
    return measured;
}

Nanoseconds now() {
    thread_local Nanoseconds asked = 0, told = 0;
    thread_local std::uint64_t count_then = 0;
    const auto since = static_cast<Nanoseconds>(static_cast<double>(__rdtsc() - count_then) *
                                                nanoseconds_per_count());
    if (asked == 0 || since < 0 || since > Believed) {
        count_then = __rdtsc();
        asked = ask();
        return told = std::max(told, asked);
    }
    return told = std::max(told, asked + since);
}

} // namespace

/// In place of libc's, for all that is linked to the program.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    if (clock != CLOCK_MONOTONIC)
        return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
    const Nanoseconds told = now();
    *time = {.tv_sec = told / 1'000'000'000, .tv_nsec = told % 1'000'000'000};
    return 0;
}
#endif
