#include "bench/peers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <unistd.h>

#include "bench/figures.hpp"

namespace bench {

using test::CompositorProcess;
using test::Stage;

namespace {

/// Says where it listens, as CompositorProcess waits for.
constexpr const char* SayReady = "echo bench: ready socket=$WAYLAND_DISPLAY";

bool is_ours(const Peer& peer) {
    return peer.name == "tarmac" || peer.name == "wlroots";
}

std::vector<std::string> options_of(const Peer& peer) {
    if (is_ours(peer))
        return {"--dmabuf", peer.name,   "--size",    "320x240",
                "--log",    "/dev/null", "--startup", SayReady};
    if (peer.name == "sway")
        return {"--config", TARMAC_SOURCE "/test/bench/sway.conf"};
    // Weston ends with its client, which it tells of no socket. It logs the command, which must
    // not look like what the client says.
    return {"--backend=headless",
            "--renderer=gl",
            "--shell=desktop",
            "--no-config",
            "--width=320",
            "--height=240",
            "--socket=weston-bench",
            "--",
            "/bin/sh",
            "-c",
            "echo bench: 're'ady socket=weston-bench; exec sleep infinity"};
}

Stage stage_of(const Peer& peer, const std::vector<std::string>& environment,
               const std::vector<std::string>& launcher) {
    Stage stage{.renderer = peer.renderer, .environment = environment, .launcher = launcher};
    if (!is_ours(peer))
        stage.program = peer.name;
    // Otherwise it finds no device to import with.
    if (peer.name == "weston")
        stage.environment.push_back("MESA_LOADER_DRIVER_OVERRIDE=kms_swrast");
    return stage;
}

double seconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

} // namespace

void need(const Peer& peer) {
    if (is_ours(peer) || access(("/usr/bin/" + peer.name).c_str(), X_OK) == 0)
        return;
    record("missing", Json{}.add("peer", peer.name).add("why", "it is not installed"));
    SKIP(peer.name << " is not installed");
}

RunningPeer::RunningPeer(const Peer& peer, const std::vector<std::string>& environment,
                         const std::vector<std::string>& launcher)
    : peer_{peer}, compositor_{options_of(peer), stage_of(peer, environment, launcher)} {}

Cost RunningPeer::now() {
    clockid_t clock;
    clock_getcpuclockid(compositor_.process().pid(), &clock);
    return {seconds(CLOCK_MONOTONIC), seconds(clock)};
}

} // namespace bench
