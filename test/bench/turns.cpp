// The longest turn of the event loop that a client can make, in processor time of the compositor's
// main thread. What draws is in it: a small screen, by a software rasterizer without threads.

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/figures.hpp"
#include "bench/flood.hpp"
#include "bench/peers.hpp"
#include "bench/turn_clock.hpp"

using namespace bench;
using namespace test;

namespace {

constexpr double LongestTurn = 4e-3; ///< that there may be, in seconds

/// The turns of a compositor that is told of the file.
class TurnClock {
public:
    TurnClock() {
        char path[] = "/tmp/tarmac-turns-XXXXXX";
        const tarmac::Fd file{mkstemp(path)};
        path_ = path;
        REQUIRE(ftruncate(file.get(), sizeof(Turns)) == 0);
        void* memory =
            mmap(nullptr, sizeof(Turns), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
        REQUIRE(memory != MAP_FAILED);
        turns_ = static_cast<Turns*>(memory);
    }
    ~TurnClock() {
        munmap(turns_, sizeof(Turns));
        unlink(path_.c_str());
    }
    TurnClock(const TurnClock&) = delete;
    TurnClock& operator=(const TurnClock&) = delete;

    std::vector<std::string> environment() const {
        return {"LD_PRELOAD=" TURN_CLOCK, "TARMAC_TURNS=" + path_};
    }
    void begin() {
        turns_->longest = 0;
        for (auto& count : turns_->counts)
            count = 0;
    }
    double longest() const { return 1e-9 * static_cast<double>(turns_->longest); }
    void add_to(std::vector<unsigned>& histogram) const {
        histogram.resize(Turns::Buckets);
        for (unsigned i = 0; i < Turns::Buckets; ++i)
            histogram[i] += turns_->counts[i];
    }

private:
    std::string path_;
    Turns* turns_;
};

/// The best of several times: whatever else the host does, it counts as time of the thread.
void measure(const Peer& peer, const Flood::Kind& kind) {
    // On User-Mode Linux, threads of one process never run at once, and one that waits for another
    // counts that as time of its own: hence the launcher.
    TurnClock clock;
    RunningPeer running{peer, clock.environment(), {"taskset", "--cpu-list", "0"}};
    Flood flood{running.compositor()};
    Json figure;
    figure.add("flood", kind.name).add("peer", peer.name).add("renderer", peer.renderer);
    if (kind.needs_video && !flood.takes_video()) {
        record("turns", figure.add("skipped", "it takes no NV12"));
        return;
    }
    std::vector<unsigned> histogram;
    double best = 1e9;
    unsigned times = 0;
    for (const unsigned most = is_measuring() ? 7 : 1; times < most; ++times) {
        clock.begin();
        (flood.*kind.send)();
        best = std::min(best, clock.longest());
        clock.add_to(histogram);
    }
    REQUIRE(best > 0);
    figure.add("longest", best).add("times", times).add("histogram", histogram);
    if (peer.name == Tarmac.name)
        figure.add("bar", LongestTurn).add("reached", best <= LongestTurn);
    record("turns", figure);
}

void measure_all(const Peer& peer) {
    need(peer);
    for (const Flood::Kind& kind : Flood::kinds()) {
        INFO(kind.name);
        measure(peer, kind);
        // One shows whether the clock goes.
        if (!is_measuring())
            break;
    }
}

} // namespace

TEST_CASE("bench: the longest turn of ours", "[bench]") {
    measure_all(Tarmac);
}

TEST_CASE("bench: the longest turn of ours, with pixman", "[.][bench]") {
    measure_all({"tarmac", "pixman"});
}

TEST_CASE("bench: the longest turn of wlroots", "[.][bench]") {
    measure_all(Wlroots);
}

TEST_CASE("bench: the longest turn of weston", "[.][bench]") {
    measure_all(Weston);
}
