#include "inspect/terminal.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace test {

namespace {

constexpr int Patience = 30000;

} // namespace

Terminal::Terminal(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    int terminal = -1;
    pid_ = forkpty(&terminal, nullptr, nullptr, &size);
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    terminal_ = tarmac::Fd{terminal};
}

Terminal::~Terminal() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

void Terminal::type(const std::string& keys) const {
    REQUIRE(write(terminal_.get(), keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

bool Terminal::read_more() {
    pollfd readable{terminal_.get(), POLLIN, 0};
    char text[4096];
    if (poll(&readable, 1, Patience) != 1)
        return false;
    // An error once nobody has the other side open
    const ssize_t size = read(terminal_.get(), text, sizeof text);
    if (size > 0)
        written_.append(text, static_cast<std::size_t>(size));
    return size > 0;
}

void Terminal::await(const std::string& part) {
    for (;;) {
        if (const auto place = written_.find(part, seen_); place != written_.npos) {
            seen_ = place + part.size();
            return;
        }
        if (!read_more())
            FAIL("no \"" << part << "\" in:\n" << written_.substr(seen_));
    }
}

int Terminal::wait() {
    while (read_more()) {
    }
    int status = 0;
    REQUIRE(waitpid(std::exchange(pid_, -1), &status, 0) > 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace test
