#include "support/forked_process.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

ForkedProcess::ForkedProcess(const std::function<bool()>& work) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    answer_ = tarmac::Fd{ends[0]};
    const tarmac::Fd writer{ends[1]};
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ > 0)
        return;
    answer_ = {};
    bool is_well = false;
    try {
        is_well = work();
    } catch (const std::exception&) {
        // Nothing of this process's copy of the test may go on.
    } catch (...) {
    }
    static_cast<void>(write(writer.get(), &is_well, sizeof is_well));
    for (;;)
        pause();
}

ForkedProcess::~ForkedProcess() {
    end();
}

bool ForkedProcess::is_done_well(Process& other) const {
    other.read_until(answer_);
    bool is_well = false;
    return read(answer_.get(), &is_well, sizeof is_well) == sizeof is_well && is_well;
}

void ForkedProcess::signal(int number) const {
    kill(pid_, number);
}

void ForkedProcess::end() {
    if (pid_ <= 0)
        return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

} // namespace test
