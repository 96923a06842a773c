// How long a client that draws with OpenGL takes from its start to its first frame on the screen.

#include <catch2/catch_test_macros.hpp>

#include "bench/comparison.hpp"
#include "support/render_node.hpp"

using namespace bench;
using namespace test;

namespace {

constexpr const char* Program = "/usr/bin/weston-simple-dmabuf-egl";

void show_first_frame(RunningPeer& peer) {
    Process client{{Program, "-d", RenderNode},
                   {peer.compositor().environment(), SynchronousMesa, "WAYLAND_DEBUG=client"}};
    // The first frame callback that it asks for
    const std::string request = client.await_line(".frame(");
    const auto start = request.find("wl_callback");
    const std::string callback = request.substr(start, request.find_first_of("),", start) - start);
    client.await_line(callback + ".done(");
}

void compare_with(const Peer& peer) {
    need(peer);
    RunningPeer ours{Tarmac}, theirs{peer};
    const auto work = [](RunningPeer& running) {
        return running.cost_of(1, [&](unsigned) { show_first_frame(running); });
    };
    if (is_measuring()) {
        work(ours);
        work(theirs);
    }
    const Pairs pairs = measure_pairs([&] { return work(ours); }, [&] { return work(theirs); },
                                      is_measuring() ? Effort{7, 21} : Effort{1, 1});
    record("requests", json_of("first frame of weston-simple-dmabuf-egl", peer, 1, pairs, {}));
}

} // namespace

TEST_CASE("bench: the first frame of a client, beside wlroots' handler", "[bench]") {
    compare_with(Wlroots);
}

TEST_CASE("bench: the first frame of a client, beside sway", "[.][bench]") {
    compare_with(Sway);
}

TEST_CASE("bench: the first frame of a client, beside weston", "[.][bench]") {
    compare_with(Weston);
}
