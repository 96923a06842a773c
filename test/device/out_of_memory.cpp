// Whichever allocation fails, the compositor lives on, and so do clients that didn't ask for it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdlib>
#include <new>
#include <tarmac/snapshot.hpp>
#include <utility>

#include "support/sanitizer.hpp"
#include "support/tried.hpp"
#include "support/victim.hpp"

using namespace test;

namespace {

/// Allocations of C++ in this thread until one fails; -1: none does.
thread_local int n_until_failure = -1;

void* allocate(std::size_t size) {
    const bool is_short = n_until_failure >= 0 && n_until_failure-- == 0;
    void* memory = is_short ? nullptr : std::malloc(size > 0 ? size : 1);
    if (!memory)
        throw std::bad_alloc{};
    return memory;
}

/// Has an allocation fail, the `n`th from now on, in turns of the shell's event loop: clients are
/// in this process, and have memory.
class Shortage {
public:
    Shortage(LocalShell& shell, int n) : shell_{shell}, n_left_{n} {
        shell.before_turn = [this] { n_until_failure = n_left_; };
        shell.after_turn = [this] { n_left_ = std::exchange(n_until_failure, -1); };
    }
    ~Shortage() { shell_.before_turn = shell_.after_turn = nullptr; }
    Shortage(const Shortage&) = delete;
    Shortage& operator=(const Shortage&) = delete;

    bool has_come() const { return n_left_ < 0; }

private:
    LocalShell& shell_;
    int n_left_;
};

} // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
// AddressSanitizer has its own of this, which doesn't go together with ours below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size > 0 ? size : 1);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

TEST_CASE("a snapshot that there is no memory for is an error, and nothing else") {
    LocalShell shell{Drawing::Pixman};
    Bystander other{shell};
    other.show(true);
    int n = 0;
    for (bool is_taken = false; !is_taken && n < 2000; ++n) {
        n_until_failure = n;
        const auto snapshot = shell.global->snapshot();
        const bool has_come = std::exchange(n_until_failure, -1) < 0;
        // Streams swallow it.
        is_taken = !has_come;
        if (!snapshot)
            CHECK(snapshot.error().fault == tarmac::Fault::OutOfResources);
        else
            CHECK(snapshot->clients.size() == 1);
    }
    CHECK(n > 5);
    CHECK(n < 2000);
    other.show(false);
}

TEST_CASE("whichever allocation fails, clients get their answers or are ended") {
    const Sample sample = GENERATE(from_range(samples()));
    LocalShell shell{sample.drawing};
    Bystander other{shell};
    // The sanitized build is slow, and finds by some of them what it is after.
    constexpr int Step = HasAddressSanitizer ? 3 : 1;
    int n = 0, n_survived = 0;
    for (bool has_come = true; has_come && n < 2000; n += Step) {
        INFO("the allocation after " << n);
        n_survived += survives(shell, sample, [&](const auto& act) {
            const Shortage shortage{shell, n};
            act();
            has_come = shortage.has_come();
        });
        tried(has_come, "allocations that fail");
        shell.clients.pop_back();
        other.show(n % 2 == 0);
    }
    CHECK(n > 50);
    CHECK(n < 2000);
    CHECK(n_survived > 1);
}
