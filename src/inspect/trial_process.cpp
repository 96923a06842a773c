#include "inspect/trial_process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <tarmac/fd.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "inspect/json.hpp"

namespace tarmac::inspect {

namespace {

using namespace std::chrono_literals;

/// For what has begun when the time is over.
constexpr auto Grace = 1500ms;

void write_line(int fd, std::string line) {
    line += '\n';
    std::string_view left = line;
    while (!left.empty()) {
        const ssize_t written = write(fd, left.data(), left.size());
        if (written < 0 && errno != EINTR)
            _exit(1);
        left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
}

[[noreturn]] void run(const Report& report, const Renderer& renderer, Clock::time_point end,
                      int out, int chatter) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A core would take longer to be written than the rest.
    prctl(PR_SET_DUMPABLE, 0);
    dup2(chatter, STDOUT_FILENO);
    dup2(chatter, STDERR_FILENO);
    Trial trial{.report = report,
                .renderer = renderer,
                .end = end,
                .on_renderer = [&](const Renderer& known) { write_line(out, line_of(known)); },
                .on_outcome = [&](const Outcome& outcome) { write_line(out, line_of(outcome)); }};
    trial.run();
    // Without destroying what a driver may die of.
    _exit(0);
}

/// Adds what comes through `in` to `renderer`. False if it hadn't ended by `end`.
bool read_lines(Renderer& renderer, int in, Clock::time_point end) {
    std::string text;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        pollfd readable{in, POLLIN, 0};
        if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0)
            return false;
        char chunk[4096];
        const ssize_t size = read(in, chunk, sizeof chunk);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return true;
        text.append(chunk, static_cast<std::size_t>(size));
        for (auto newline = text.find('\n'); newline != text.npos; newline = text.find('\n')) {
            add_line(renderer, std::string_view{text}.substr(0, newline));
            text.erase(0, newline + 1);
        }
    }
}

/// What a process wrote last, often why it ended.
std::string last_words(int chatter) {
    char text[400];
    const off_t size = lseek(chatter, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(sizeof text));
    const ssize_t n = pread(chatter, text, sizeof text, from);
    std::string words{text, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
    while (words.ends_with('\n'))
        words.pop_back();
    return words.substr(words.rfind('\n') + 1);
}

std::string describe_end(int status, const std::string& words) {
    std::string end = WIFSIGNALED(status) ? formatted("its driver crashed: {}",
                                                      std::string{strsignal(WTERMSIG(status))})
                                          : "its driver ended the process";
    return words.empty() ? end : end + " (" + words + ")";
}

void add_problem(Renderer& renderer, const std::string& problem) {
    renderer.problem += (renderer.problem.empty() ? "" : "; ") + problem;
}

} // namespace

Renderer try_in_process(const Report& report, Renderer renderer, Clock::time_point end,
                        Clock::time_point limit) {
    int ends[2];
    const Fd chatter{memfd_create("tarmac-inspect", MFD_CLOEXEC)};
    if (pipe2(ends, O_CLOEXEC) != 0 || !chatter) {
        renderer.problem = std::strerror(errno);
        return renderer;
    }
    const Fd in{ends[0]};
    Fd out{ends[1]};
    const pid_t child = fork();
    if (child < 0) {
        renderer.problem = std::string{"no process can be started: "} + std::strerror(errno);
        return renderer;
    }
    if (child == 0)
        run(report, renderer, end, out.get(), chatter.get());
    out = Fd{};
    const bool has_ended = read_lines(renderer, in.get(), std::max(end, limit) + Grace);
    if (!has_ended)
        kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!has_ended)
        add_problem(renderer, "its driver didn't come to an end in time");
    else if (status != 0)
        add_problem(renderer, describe_end(status, last_words(chatter.get())));
    return renderer;
}

} // namespace tarmac::inspect
