// Where no thread can be started, pictures that need one stay away, and nothing else does.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <system_error>

#include "support/tried.hpp"
#include "support/victim.hpp"

using namespace test;

namespace {

/// How often one was asked for in vain.
std::atomic<int> n_refused;
std::atomic<bool> is_refusing = false;

/// While it lives, the system has no more threads.
class NoThreads {
public:
    NoThreads() {
        n_refused = 0;
        is_refusing = true;
    }
    ~NoThreads() { is_refusing = false; }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;
};

} // namespace

// std::thread's, as the linker names them; see test/meson.build. libstdc++ passes the state, which
// isn't trivial, by its address.
extern "C" {
void __real__ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE(
    void* thread, void* state, void (*depend)());
void __wrap__ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE(
    void* thread, void* state, void (*depend)());
}

void __wrap__ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE(
    void* thread, void* state, void (*depend)()) {
    if (is_refusing) {
        ++n_refused;
        throw std::system_error{EAGAIN, std::system_category()};
    }
    __real__ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE(
        thread, state, depend);
}

TEST_CASE("where no thread starts, what needs one is shown when one does") {
    const Sample sample = GENERATE(from_range(samples()));
    const bool is_imported = sample.drawing == Drawing::Gles2;
    LocalShell shell{sample.drawing};
    RawClient& other = shell.connect();
    ClientSurface window{shell, other};
    Toplevel role{window};
    ShmBuffer green{other, Green}, blue{other, Blue};
    std::size_t descriptors = 0;
    for (int i = 0; i < 3; ++i) {
        {
            Victim victim{shell, sample};
            const NoThreads none;
            victim.act();
            shell.settle();
            CHECK(victim.is_alive());
            CHECK(victim.asked.answer.kind == Answer::Created);
            CHECK(victim.window.seen() == (is_imported ? "64x48 white" : "64x48 transparent"));
            // So that the client can go on.
            CHECK(shell.await([&] { return victim.red.releases > 0; }));
            CHECK((is_imported || n_refused > 0));
            tried(static_cast<std::uint64_t>(n_refused), "threads that don't start");
            window.commit(i % 2 == 0 ? green.get() : blue.get());
            CHECK(window.awaits(i % 2 == 0 ? "64x48 green" : "64x48 blue"));
        }
        shell.clients.pop_back();
        shell.settle();
        if (i == 0)
            descriptors = count_open_fds();
        else
            CHECK(count_open_fds() <= descriptors);
    }
    Victim victim{shell, sample};
    {
        const NoThreads none;
        victim.window.commit(victim.red.get());
        CHECK(victim.window.awaits(is_imported ? "64x48 red" : "64x48 transparent"));
    }
    victim.window.commit(victim.red.get());
    CHECK(victim.window.awaits("64x48 red"));
    // Threads that run go on.
    const NoThreads none;
    victim.window.commit(victim.white.get());
    CHECK(victim.window.awaits("64x48 white"));
}
