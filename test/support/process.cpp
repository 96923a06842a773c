#include "support/process.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/patience.hpp"

namespace test {

using namespace std::chrono_literals;
using tarmac::Fd;

namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (std::string& string : strings)
        result.push_back(string.data());
    result.push_back(nullptr);
    return result;
}

} // namespace

Process::Process(std::vector<std::string> command, std::vector<std::string> environment) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    pipe_ = Fd{ends[0]};
    const Fd writer{ends[1]};

    // The first of two entries with one name counts.
    for (char** entry = environ; *entry; ++entry)
        environment.emplace_back(*entry);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, writer.get(), STDERR_FILENO);
    const int error = posix_spawnp(&pid_, command.front().c_str(), &actions, nullptr,
                                   pointers(command).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    INFO(command.front() << ": " << std::strerror(error));
    REQUIRE(error == 0);
}

Process::~Process() {
    if (!status_) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

void Process::signal(int number) const {
    kill(pid_, number);
}

bool Process::read_more(std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd readable = {pipe_.get(), POLLIN, 0};
    if (left < 0ms || poll(&readable, 1, static_cast<int>(left.count())) <= 0)
        return false;
    return read_available();
}

bool Process::read_available() {
    char buffer[4096];
    const ssize_t size = read(pipe_.get(), buffer, sizeof buffer);
    if (size <= 0)
        return false;
    output_.append(buffer, static_cast<std::size_t>(size));
    return true;
}

std::string Process::await_line(const std::string& part) {
    const auto until = std::chrono::steady_clock::now() + patience();
    for (;;) {
        for (std::size_t end; (end = output_.find('\n', seen_)) != std::string::npos;) {
            const std::string line = output_.substr(seen_, end - seen_);
            seen_ = end + 1;
            if (line.contains(part))
                return line;
        }
        if (!read_more(until))
            FAIL("no line with \"" << part << "\" in:\n" << output_);
    }
}

void Process::read_until(const Fd& file) {
    const auto until = std::chrono::steady_clock::now() + patience();
    pollfd files[] = {{file.get(), POLLIN, 0}, {pipe_.get(), POLLIN, 0}};
    while (std::chrono::steady_clock::now() < until &&
           poll(files, std::size(files), static_cast<int>(patience() / 1ms)) > 0) {
        if (files[0].revents)
            return;
        if (!read_available())
            files[1].fd = -1;
    }
}

int Process::wait() {
    const auto until = std::chrono::steady_clock::now() + patience();
    while (read_more(until)) {
    }
    if (!status_) {
        int status = 0;
        // The pipe's end says that it is about to go; one that only closed its output is killed.
        if (std::chrono::steady_clock::now() >= until)
            kill(pid_, SIGKILL);
        REQUIRE(waitpid(pid_, &status, 0) == pid_);
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    return *status_;
}

bool Process::is_running() {
    int status = 0;
    if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return !status_;
}

std::size_t Process::count_open_fds() const {
    const std::filesystem::directory_iterator fds{"/proc/" + std::to_string(pid_) + "/fd"};
    return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

} // namespace test
