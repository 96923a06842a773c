#include "support/supervise.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

namespace {

using namespace std::chrono_literals;

/// Otherwise it takes seconds.
constexpr std::chrono::milliseconds LongestLeakCheck = 40s;

void tell_of_no_leak_check() {
    if (const char* tally = std::getenv("TARMAC_TALLY"))
        std::ofstream{tally, std::ios::app}
            << "skip a look for leaks: LeakSanitizer stopped the threads and did not come back"
            << std::endl;
}

} // namespace

int supervise(const std::function<int()>& program) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return program();
    const pid_t child = fork();
    if (child < 0)
        return program();
    if (child == 0) {
        close(ends[0]);
        const int status = program();
        const auto written = write(ends[1], &status, sizeof status);
        close(ends[1]);
        // Not only main() returns: who exits has what runs then.
        std::exit(written == sizeof status ? status : EXIT_FAILURE);
    }
    close(ends[1]);
    int told = 0;
    const bool has_told = read(ends[0], &told, sizeof told) == sizeof told;
    if (has_told) {
        pollfd gone = {.fd = static_cast<int>(syscall(SYS_pidfd_open, child, 0)),
                       .events = POLLIN,
                       .revents = 0};
        if (gone.fd >= 0 && poll(&gone, 1, static_cast<int>(LongestLeakCheck.count())) == 0) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
            tell_of_no_leak_check();
            return told;
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    // As it died, for whoever looks at that.
    std::signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return EXIT_FAILURE;
}

} // namespace test
