// What happens between two answers to a program that looks: clients, and what they have, go; the
// program goes; it asks for too much.

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <list>
#include <optional>
#include <poll.h>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tarmac/inspection.hpp>
#include <tarmac/scene_feedback.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "inspect/looker.hpp"
#include "support/client_surface.hpp"
#include "support/local_scene.hpp"
#include "support/surface_role.hpp"

using namespace test;
using tarmac::Inspection;

namespace {

constexpr unsigned Count = 40;

ino_t inode_of(const tarmac::Fd& fd) {
    struct stat status{};
    REQUIRE(fstat(fd.get(), &status) == 0);
    return status.st_ino;
}

std::string place() {
    return std::filesystem::temp_directory_path() / tarmac::formatted("tarmac-half-{}", getpid());
}

struct Fixture {
    LocalShell shell{Drawing::Pixman};
    RawClient& client = shell.connect();
    RawClient& other = shell.connect();
    ClientSurface window{shell, client};
    std::optional<Toplevel> toplevel{std::in_place, window};
    const std::string path = place();
    std::optional<Inspection> inspection;
    std::optional<Looker> looker;
    std::size_t descriptors = 0;
    std::list<ColorBuffer> buffers;
    std::multiset<ino_t> inodes;

    Fixture() {
        auto made = Inspection::create(*shell.global, shell.loop(), path);
        REQUIRE(made);
        inspection.emplace(std::move(*made));
        looker.emplace(path, [this] { shell.turn(); });
        shell.settle();
        descriptors = count_open_fds();
        for (unsigned i = 0; i < Count; ++i)
            inodes.insert(inode_of(buffers.emplace_back(client, Green).dmabuf()));
        window.commit(buffers.front().get());
        REQUIRE(window.awaits("64x48 green"));
    }

    void destroy_window() {
        toplevel.reset();
        window.destroy();
        shell.settle();
    }
    /// Also those of images that somebody looks at still.
    bool is_all_let_go() {
        return shell.await([&] { return count_open_fds() <= descriptors; });
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "what was taken is told to its end, whatever goes meanwhile") {
    ReadSnapshot snapshot{*looker};
    REQUIRE(snapshot.read(10));
    REQUIRE(snapshot.buffers < Count / 2);
    SECTION("buffers that are shown and others") {
        buffers.clear();
        destroy_window();
    }
    SECTION("the client") {
        shell.kill(client);
        buffers.clear();
    }
    SECTION("the surface") {
        destroy_window();
        buffers.clear();
    }
    SECTION("the global") {
        shell.global.reset();
        shell.settle();
    }
    REQUIRE(snapshot.read_all());
    CHECK(snapshot.clients == 2);
    CHECK(snapshot.buffers == Count);
    CHECK(snapshot.surfaces == 1);
    CHECK(std::multiset<ino_t>{snapshot.inodes.begin(), snapshot.inodes.end()} == inodes);
    buffers.clear();
    if (window.server())
        destroy_window();
    CHECK(is_all_let_go());

    ReadSnapshot another{*looker};
    CHECK(another.read_all() == shell.global.has_value());
    CHECK(another.buffers == 0);
    CHECK(another.failure == (shell.global ? "" : "dma-bufs are not imported any more"));
}

TEST_CASE("outputs are told to the end where they go after it was taken") {
    LocalScene scene;
    std::optional<tarmac::SceneFeedback> advice{std::in_place, *scene.global, scene.loop};
    advice->follow(scene.first->scene_output());
    advice->follow(scene.second->scene_output());
    const auto inspection = Inspection::create(*scene.global, scene.loop, place());
    REQUIRE(inspection);
    Looker looker{place(), scene.compositor.pump()};
    const std::vector<std::string> both{"/dev/null", "/dev/zero"};
    ReadSnapshot snapshot{looker};
    REQUIRE(snapshot.read(1));
    SECTION("one") {
        scene.second.reset();
    }
    SECTION("both, and who follows them") {
        scene.first.reset();
        scene.second.reset();
        advice.reset();
    }
    REQUIRE(snapshot.read_all());
    CHECK(snapshot.outputs == both);
    ReadSnapshot another{looker};
    REQUIRE(another.read_all());
    CHECK(another.surfaces == 1);
    CHECK(another.outputs.size() == (scene.first ? 1 : 0));
}

TEST_CASE_METHOD(Fixture, "who goes before he was told all leaves nothing behind") {
    std::optional<ReadSnapshot> snapshot{*looker};
    REQUIRE(snapshot->read(10));
    buffers.clear();
    destroy_window();
    // What it hasn't read holds them.
    CHECK(count_open_fds() >= descriptors + Count);
    const Stopwatch stopwatch;
    SECTION("he destroys it") {
        snapshot.reset();
        CHECK(looker->client().round_trip());
    }
    SECTION("his connection ends") {
        snapshot.reset();
        looker.reset();
    }
    SECTION("the socket goes") {
        inspection.reset();
    }
    CHECK(is_all_let_go());
    // Not for want of a reader.
    CHECK(stopwatch.elapsed() < std::chrono::seconds{2});
}

TEST_CASE_METHOD(Fixture, "a program that asks for all at once is told few entries a turn") {
    ReadSnapshot snapshot{*looker};
    for (int i = 0; i < 100; ++i)
        tarmac_inspect_snapshot_v1_read(snapshot.get(), 1000);
    REQUIRE(looker->client().wait_until([&] { return snapshot.answers > 0; }));
    CHECK(snapshot.answers == 1);
    CHECK(snapshot.clients + snapshot.buffers == 16);
    CHECK(snapshot.read_all());
    CHECK(snapshot.buffers == Count);
}

TEST_CASE_METHOD(Fixture, "a connection has one snapshot at a time") {
    std::optional<ReadSnapshot> first{*looker}, second{*looker};
    REQUIRE(second->read(1));
    CHECK(second->failure == "another one wasn't read to its end");
    second.reset();
    Looker other_looker{path, [this] { shell.turn(); }};
    ReadSnapshot others{other_looker};
    CHECK(others.read_all());
    SECTION("until it is told") {
        CHECK(first->read_all());
    }
    SECTION("until it is destroyed") {
        first.reset();
    }
    ReadSnapshot third{*looker};
    CHECK(third.read_all());
    CHECK(third.buffers == Count);
}

TEST_CASE_METHOD(Fixture, "a connection that follows refusals twice is ended") {
    auto* follower = tarmac_inspect_v1_follow_refusals(looker->inspect());
    CHECK(looker->client().round_trip());
    tarmac_inspect_refusals_v1_destroy(follower);
    follower = tarmac_inspect_v1_follow_refusals(looker->inspect());
    CHECK(looker->client().round_trip());
    auto* second = tarmac_inspect_v1_follow_refusals(looker->inspect());
    CHECK_FALSE(looker->client().round_trip());
    CHECK(looker->client().connection() == protocol_error(TARMAC_INSPECT_V1_ERROR_FOLLOWS_ALREADY));
    tarmac_inspect_refusals_v1_destroy(second);
    tarmac_inspect_refusals_v1_destroy(follower);
}

TEST_CASE_METHOD(Fixture,
                 "who can't be let in to look for want of descriptors isn't tried without end") {
    looker.reset();
    shell.settle();
    const tarmac::Fd waiting = [&] {
        rlimit before{};
        getrlimit(RLIMIT_NOFILE, &before);
        tarmac::Fd connection = connect_to(path);
        const tarmac::Fd lowest{dup(connection.get())};
        const rlimit full{static_cast<rlim_t>(lowest.get()) + 1, before.rlim_max};
        setrlimit(RLIMIT_NOFILE, &full);
        pollfd work{wl_event_loop_get_fd(shell.loop()), POLLIN, 0};
        unsigned turns = 0;
        for (const Stopwatch stopwatch; stopwatch.elapsed() < std::chrono::milliseconds{500};) {
            if (poll(&work, 1, 50) == 0)
                continue;
            wl_event_loop_dispatch(shell.loop(), 0);
            ++turns;
        }
        CHECK(turns >= 1);
        CHECK(turns <= 20);
        setrlimit(RLIMIT_NOFILE, &before);
        return connection;
    }();
    RawClient late{1, waiting, [this] { shell.turn(); }};
    CHECK(late.globals() == std::vector<std::string>{"tarmac_inspect_v1"});
}
