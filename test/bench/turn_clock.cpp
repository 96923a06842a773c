// For LD_PRELOAD: measures the turns of any compositor whose event loop is libwayland's. A turn is
// what the main thread does between two calls of epoll_wait().

#include "bench/turn_clock.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

using bench::Turns;

Turns* map_turns() {
    const char* path = std::getenv("TARMAC_TURNS");
    const int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    // What the compositor starts has turns of its own.
    unsetenv("TARMAC_TURNS");
    if (fd < 0)
        return nullptr;
    void* memory = mmap(nullptr, sizeof(Turns), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return memory == MAP_FAILED ? nullptr : static_cast<Turns*>(memory);
}

std::uint64_t time_of_thread() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void add(Turns& turns, std::uint64_t nanoseconds) {
    const auto bucket = static_cast<unsigned>(std::bit_width(nanoseconds / 1000));
    ++turns.counts[std::min(bucket, Turns::Buckets - 1)];
    if (nanoseconds > turns.longest)
        turns.longest = nanoseconds;
}

} // namespace

extern "C" int epoll_wait(int fd, epoll_event* events, int size, int timeout) {
    using Function = int(int, epoll_event*, int, int);
    static auto* const real = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "epoll_wait"));
    static Turns* const turns = map_turns();
    static std::uint64_t began = 0;
    if (!turns || gettid() != getpid())
        return real(fd, events, size, timeout);
    if (began != 0)
        add(*turns, time_of_thread() - began);
    const int n = real(fd, events, size, timeout);
    began = time_of_thread();
    return n;
}
