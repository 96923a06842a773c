// Looking at ten thousand buffers, which nobody else notices.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <tarmac/inspection.hpp>
#include <tarmac/snapshot.hpp>
#include <unistd.h>

#include "client/greedy.hpp"
#include "dmabuf/formatted.hpp"
#include "inspect/looker.hpp"
#include "support/client_surface.hpp"
#include "support/many_descriptors.hpp"
#include "support/one_cpu.hpp"
#include "support/patience.hpp"
#include "support/process.hpp"
#include "support/sanitizer.hpp"
#include "support/surface_role.hpp"

using namespace test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr unsigned Count = 10'000;
constexpr auto None = tarmac::Quotas::Unlimited;

/// In processor time: of the turn in which the snapshot is taken, with all else that it has. What
/// users get is optimized.
std::chrono::nanoseconds longest_turn() {
    return 8ms * slowness() * (LIBRARY_IS_OPTIMIZED ? 1 : 5);
}

/// Of this process.
std::uint64_t resident_bytes() {
    std::uint64_t all = 0, resident = 0;
    std::ifstream{"/proc/self/statm"} >> all >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// A client that has ten thousand buffers, and another one that shows pictures.
struct Fixture {
    const ManyMoreDescriptors many;
    const OneCpu one_cpu;
    LocalShell shell{
        Drawing::Pixman,
        {.global = {
             .options = {.quotas = {.buffers = None, .descriptors = None, .mappings = None}}}}};
    RawClient& client = shell.connect();
    RawClient& bystander = shell.connect();
    ClientSurface window{shell, bystander};
    Toplevel toplevel{window};
    ColorBuffer red{bystander, Red}, green{bystander, Green};
    const fs::path path = fs::temp_directory_path() / tarmac::formatted("tarmac-many-{}", getpid());
    std::optional<tarmac::Inspection> inspection;
    tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride* SmallSize);

    Fixture() {
        auto made = tarmac::Inspection::create(*shell.global, shell.loop(), path);
        REQUIRE(made);
        inspection.emplace(std::move(*made));
        for (unsigned n = 0; n < Count; n += 100)
            REQUIRE(ask_for_buffers(client, dmabuf, 100) == 100);
        show();
        shell.longest_turn = {};
    }

    void show() {
        window.commit(green.get());
        REQUIRE(window.awaits("64x48 green"));
        window.commit(red.get());
        REQUIRE(window.awaits("64x48 red"));
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "nobody notices that ten thousand buffers are looked at") {
    const std::string told = path.string() + "-told";
    auto best = 1h + 0ns;
    std::uint64_t memory = 0;
    std::size_t descriptors = 0;
    // With a sanitizer they take long, and its memory says nothing.
    constexpr int Looks = HasAddressSanitizer ? 3 : 6;
    for (int i = 0; i < Looks; ++i) {
        shell.longest_turn = {};
        // What it writes waits for nobody.
        Process tool{{"sh", "-c", "exec \"$0\" buffers --json --inspect-socket \"$1\" >\"$2\"",
                      TARMAC_INSPECT, path, told}};
        for (unsigned turns = 0; tool.is_running(); ++turns) {
            shell.turn(1ms);
            if (turns % 50 == 0)
                show();
        }
        REQUIRE(tool.wait() == 0);
        best = std::min(best, shell.longest_turn);
        if (i == 1) {
            memory = resident_bytes();
            descriptors = count_open_fds();
        }
    }
    INFO(best.count() / 1000 << " us in a turn");
    // A sanitizer takes several times as long, and not always as many.
    CHECK((HasAddressSanitizer || best <= longest_turn()));
    CHECK(count_open_fds() <= descriptors);
    const std::uint64_t memory_now = resident_bytes();
    INFO(memory << " bytes before, " << memory_now << " after");
    // Of a sanitizer's, freed memory stays.
    CHECK((HasAddressSanitizer || memory_now <= memory + (4 << 20)));
    std::ifstream file{told};
    CHECK(nlohmann::json::parse(file)["buffers"].size() == Count + 2);
    fs::remove(told);
}

TEST_CASE_METHOD(Fixture,
                 "who takes ten thousand buffers' snapshot a thousand times at once is not "
                 "noticed") {
    Looker looker{path, [this] { shell.turn(); }};
    const Stopwatch stopwatch;
    REQUIRE(shell.global->snapshot());
    const auto one = stopwatch.elapsed();
    auto best = 1h + 0ns;
    for (int i = 0; i < 5; ++i) {
        shell.longest_turn = {};
        for (int k = 0; k < 1000; ++k)
            tarmac_inspect_snapshot_v1_destroy(tarmac_inspect_v1_take_snapshot(looker.inspect()));
        REQUIRE(looker.client().round_trip());
        show();
        best = std::min(best, shell.longest_turn);
    }
    INFO(best.count() / 1000 << " us in a turn");
    CHECK(best <= 100 * one);
}

TEST_CASE_METHOD(Fixture, "ten thousand buffers of a client that goes are told to their end") {
    Looker looker{path, [this] { shell.turn(); }};
    std::optional<ReadSnapshot> snapshot{looker};
    REQUIRE(snapshot->read(16));
    const std::size_t before = count_open_fds();
    shell.kill(client);
    show();
    REQUIRE(snapshot->read_all());
    CHECK(snapshot->buffers == Count + 2);
    CHECK(shell.await([&] { return count_open_fds() + Count <= before; }));
    show();
}
