#include "ready/bus_fault_guard.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "support/guarded_file.hpp"
#include "support/process.hpp"

using tarmac::GuardedRange;
using File = test::GuardedFile;

namespace {

/// How another process of this program ends that does `test_case`.
int outcome_of(const std::string& test_case) {
    // Not counted among the tests.
    return test::Process{{"/proc/self/exe", test_case}, {"TARMAC_TALLY="}}.wait();
}

[[noreturn]] void exit_by_handler(int) {
    _exit(42);
}

void set_handler(void (*handler)(int)) {
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    struct sigaction action{};
    action.sa_handler = handler;
    REQUIRE(sigaction(SIGBUS, &action, nullptr) == 0);
}

/// Faults outside every guarded range, but among some.
void fault_elsewhere() {
    tarmac::install_bus_fault_guard();
    const File before, file, after;
    const GuardedRange first = before.guard(), second = after.guard();
    const_cast<File&>(file).truncate();
    static_cast<void>(file.memory[0]);
}

// As wl_shm of wlroots does while a buffer is read.
struct sigaction handler_before;
bool has_passed_on = false;

void pass_on(int signal, siginfo_t* info, void* context) {
    has_passed_on = true;
    handler_before.sa_sigaction(signal, info, context);
}

} // namespace

TEST_CASE("guarded memory that is taken away reads as zeros") {
    File file;
    const GuardedRange guard = file.guard();
    CHECK(file.memory[0] == 1);
    CHECK_FALSE(guard.has_faulted());
    file.truncate(getpagesize());
    CHECK(file.memory[0] == 1);
    CHECK_FALSE(guard.has_faulted());
    CHECK(file.memory[file.size - 1] == 0);
    CHECK(guard.has_faulted());
    CHECK(file.memory[0] == 0);
}

TEST_CASE("who writes into guarded memory that was taken away writes nowhere") {
    File file;
    const GuardedRange guard = file.guard();
    auto* memory = const_cast<volatile std::uint8_t*>(file.memory);
    REQUIRE(mprotect(const_cast<std::uint8_t*>(memory), file.size, PROT_READ | PROT_WRITE) == 0);
    memory[0] = 2;
    CHECK_FALSE(guard.has_faulted());
    file.truncate();
    memory[0] = 3;
    memory[file.size - 1] = 3;
    CHECK(guard.has_faulted());
}

TEST_CASE("a fault is told of the range where it was, and not of what comes in its place") {
    File file, other;
    std::optional<GuardedRange> guard{file.guard()};
    const GuardedRange other_guard = other.guard();
    file.truncate();
    CHECK(file.memory[0] == 0);
    CHECK(guard->has_faulted());
    CHECK_FALSE(other_guard.has_faulted());
    guard.reset();
    CHECK_FALSE(other.guard().has_faulted());
    GuardedRange moved = other.guard();
    const GuardedRange target = std::move(moved);
    other.truncate();
    CHECK(other.memory[0] == 0);
    CHECK_FALSE(moved.has_faulted());
}

TEST_CASE("as many ranges are guarded as there are") {
    File file;
    std::vector<GuardedRange> guards;
    for (int i = 0; i < 1000; ++i)
        guards.emplace_back(reinterpret_cast<void*>(getpagesize() * (i + 1)), 1);
    const GuardedRange guard = file.guard();
    guards.clear();
    file.truncate();
    CHECK(file.memory[0] == 0);
    CHECK(guard.has_faulted());
}

TEST_CASE("a handler that was put over the guard passes on what is guarded") {
    tarmac::install_bus_fault_guard();
    File file;
    const GuardedRange guard = file.guard();
    struct sigaction action{};
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    REQUIRE(sigaction(SIGBUS, &action, &handler_before) == 0);
    has_passed_on = false;
    file.truncate();
    CHECK(file.memory[0] == 0);
    REQUIRE(sigaction(SIGBUS, &handler_before, nullptr) == 0);
    CHECK(has_passed_on);
    CHECK(guard.has_faulted());
}

TEST_CASE("a fault that isn't guarded ends as it would have without the guard") {
    CHECK(outcome_of("fault elsewhere with a handler") == 42);
    CHECK(outcome_of("fault elsewhere with the default") == -SIGBUS);
    CHECK(outcome_of("fault elsewhere that is ignored") == -SIGBUS);
    CHECK(outcome_of("a signal that was sent with a handler") == 42);
    CHECK(outcome_of("a signal that was sent with the default") == -SIGBUS);
    CHECK(outcome_of("a signal that was sent and ignored") == 0);
}

TEST_CASE("fault elsewhere with a handler", "[.child]") {
    set_handler(exit_by_handler);
    fault_elsewhere();
}

TEST_CASE("fault elsewhere with the default", "[.child]") {
    set_handler(SIG_DFL);
    fault_elsewhere();
}

TEST_CASE("fault elsewhere that is ignored", "[.child]") {
    set_handler(SIG_IGN);
    fault_elsewhere();
}

TEST_CASE("a signal that was sent with a handler", "[.child]") {
    set_handler(exit_by_handler);
    tarmac::install_bus_fault_guard();
    raise(SIGBUS);
}

TEST_CASE("a signal that was sent with the default", "[.child]") {
    set_handler(SIG_DFL);
    tarmac::install_bus_fault_guard();
    raise(SIGBUS);
}

TEST_CASE("a signal that was sent and ignored", "[.child]") {
    set_handler(SIG_IGN);
    tarmac::install_bus_fault_guard();
    raise(SIGBUS);
    SUCCEED();
}
