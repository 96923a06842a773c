#include "support/known_pid.hpp"

#include <atomic>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<pid_t> known_pid = 0;

} // namespace

/// In the place of libc's, for the libraries too.
pid_t getpid() noexcept {
    const pid_t known = known_pid.load(std::memory_order_relaxed);
    return known != 0 ? known : static_cast<pid_t>(syscall(SYS_getpid));
}

namespace test {

KnownPid::KnownPid() {
    known_pid = getpid();
}

KnownPid::~KnownPid() {
    known_pid = 0;
}

} // namespace test
