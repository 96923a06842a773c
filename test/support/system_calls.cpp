#include "support/system_calls.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace test {

namespace {

std::string trace_file() {
    if (!std::filesystem::exists("/usr/bin/strace"))
        SKIP("strace is missing");
    // Of no parent, where the machine allows that to parents only.
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    return std::filesystem::temp_directory_path() / tarmac::formatted("system-calls.{}", getpid());
}

} // namespace

SystemCalls::SystemCalls(const std::string& names)
    : path_{trace_file()}
    , strace_{{"strace", "-p", std::to_string(gettid()), "-e", "trace=getppid," + names, "-e",
               "signal=none", "-o", path_}} {
    strace_.await_line("attached");
}

std::vector<std::string> SystemCalls::between_marks() {
    strace_.signal(SIGINT);
    strace_.wait();
    std::vector<std::string> calls;
    bool is_between = false;
    std::ifstream file{path_};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("getppid"))
            is_between = !is_between;
        else if (is_between)
            calls.push_back(line);
    }
    std::filesystem::remove(path_);
    return calls;
}

} // namespace test
