#include "support/watchdog.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <execinfo.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

/// Seconds before the end of the suite's time.
constexpr unsigned TimeToTell = 20;

/// The thread whose turn it is to tell, 0 once it has.
std::atomic<pid_t> telling = 0;
const char* watched = "";

void tell() {
    void* frames[64];
    const int n = backtrace(frames, 64);
    std::fprintf(stderr, "thread %d:\n", gettid());
    backtrace_symbols_fd(frames, n, STDERR_FILENO);
}

void show(const std::filesystem::path& file, int n_lines = 1) {
    std::ifstream lines{file};
    std::string line;
    while (n_lines-- > 0 && std::getline(lines, line))
        std::fprintf(stderr, "%s: %s\n", file.c_str(), line.c_str());
}

// The process is lost anyway, so that this may do what a signal's handler otherwise must not.
void on_alarm(int) {
    if (telling == gettid()) {
        tell();
        telling = 0;
        return;
    }
    std::fprintf(stderr, "stuck: %s\n", watched);
    // A machine without memory, or with too much to do, does everything, but slowly.
    show("/proc/loadavg");
    show("/proc/meminfo", 3);
    tell();
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/task"}) {
        const pid_t thread = std::atoi(entry.path().filename().c_str());
        if (thread == gettid())
            continue;
        telling = thread;
        syscall(SYS_tgkill, getpid(), thread, SIGALRM);
        for (int i = 0; i < 20 && telling != 0; ++i)
            std::this_thread::sleep_for(50ms);
        // One that blocks signals, as workers do
        for (const char* name : {"comm", "wchan", "syscall"}) {
            if (telling != 0)
                show(entry.path() / name);
        }
    }
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

} // namespace

void test::start_watchdog() {
    const char* timeout = std::getenv("TARMAC_SUITE_TIMEOUT");
    if (!timeout)
        return;
    // Its first call loads a library, which isn't for a handler.
    void* frame = nullptr;
    backtrace(&frame, 1);
    std::signal(SIGALRM, on_alarm);
    alarm(static_cast<unsigned>(std::atoi(timeout)) - TimeToTell);
}

void test::watch(const char* what) {
    watched = what;
}
