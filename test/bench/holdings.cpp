// What a compositor holds for its clients: bytes that belong to it alone or its share of, and
// descriptors.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fstream>
#include <list>
#include <sys/resource.h>
#include <wayland-client.h>

#include "bench/figures.hpp"
#include "bench/peers.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/window.hpp"

using namespace bench;
using namespace test;

namespace {

constexpr int Side = 64;
constexpr std::uint32_t Stride = 4 * Side;

/// More descriptors than the machine usually lends, for this process and those it starts.
void lift_limit() {
    const rlimit many{65536, 65536};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &many) == 0);
}

struct Holdings {
    double bytes = 0, descriptors = 0;

    friend Holdings operator-(const Holdings& a, const Holdings& b) {
        return {a.bytes - b.bytes, a.descriptors - b.descriptors};
    }
    friend Holdings operator/(const Holdings& a, double n) {
        return {a.bytes / n, a.descriptors / n};
    }
};

Holdings holdings_of(const Process& process) {
    std::ifstream file{"/proc/" + std::to_string(process.pid()) + "/smaps_rollup"};
    Holdings holdings{0, static_cast<double>(process.count_open_fds())};
    for (std::string word; file >> word;) {
        if (word == "Pss:" && file >> holdings.bytes)
            holdings.bytes *= 1024;
    }
    REQUIRE(holdings.bytes > 0);
    return holdings;
}

Json json_of(const Holdings& holdings) {
    return Json{}.add("bytes", holdings.bytes).add("descriptors", holdings.descriptors);
}

struct BufferHoldings {
    Holdings made, shown; ///< a buffer, before its first commit and after it
};

BufferHoldings hold_buffers(const Peer& peer, unsigned count) {
    RunningPeer running{peer};
    Process& process = running.compositor().process();
    RawClient client = running.compositor().connect(4);
    Window window{client};
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Side);
    std::vector<wl_buffer*> buffers;
    const auto answered = [&] {
        const bool is_answered = client.round_trip();
        INFO(peer.name << ": " << buffers.size() << " buffers, " << client.connection());
        REQUIRE(is_answered);
    };
    const auto make = [&](unsigned n) {
        for (unsigned i = 0; i < n; ++i) {
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
            buffers.push_back(zwp_linux_buffer_params_v1_create_immed(params.object, Side, Side,
                                                                      DRM_FORMAT_XRGB8888, 0));
            client.destroy_params(params);
            // No more on the way at once than the socket takes
            if (i % 16 == 15)
                answered();
        }
        answered();
        answered();
    };
    const auto show = [&] {
        for (std::size_t i = 0; i < buffers.size(); ++i) {
            wl_surface_attach(window.surface(), buffers[i], 0, 0);
            wl_surface_damage_buffer(window.surface(), 0, 0, Side, Side);
            wl_surface_commit(window.surface());
            if (i % 16 == 15)
                answered();
        }
        window.show(buffers.back());
    };
    // What is made once, however many follow
    make(32);
    show();
    const Holdings before = holdings_of(process);
    make(count);
    const Holdings made = holdings_of(process);
    show();
    const Holdings shown = holdings_of(process);
    CHECK(made.descriptors >= before.descriptors + count);
    for (wl_buffer* buffer : buffers)
        wl_buffer_destroy(buffer);
    REQUIRE(client.round_trip());
    return {(made - before) / count, (shown - before) / count};
}

struct ClientHoldings {
    Holdings connection, feedback;
};

ClientHoldings hold_clients(const Peer& peer, unsigned count) {
    RunningPeer running{peer};
    Process& process = running.compositor().process();
    std::list<RawClient> clients;
    const auto connect = [&](unsigned n) {
        for (unsigned i = 0; i < n; ++i)
            clients.emplace_back(4u, running.compositor().open_socket());
    };
    const auto ask = [](RawClient& client) {
        const ToldFeedback& told = client.feedback();
        REQUIRE((told.times == 1 && !told.table.empty()));
    };
    connect(4);
    for (RawClient& client : clients)
        ask(client);
    const Holdings before = holdings_of(process);
    connect(count);
    const Holdings connected = holdings_of(process);
    std::for_each(std::next(clients.begin(), 4), clients.end(), ask);
    const Holdings told = holdings_of(process);
    CHECK(connected.descriptors >= before.descriptors + count);
    return {(connected - before) / count, (told - connected) / count};
}

/// What one more of `things` costs ours, and theirs.
void record_holding(const std::string& things, unsigned count, const Holdings& ours,
                    const Holdings& theirs, double most_bytes, double most_descriptors) {
    record("holdings",
           Json{}
               .add("measure", things)
               .add("count", count)
               .add("ours", json_of(ours))
               .add("theirs", json_of(theirs))
               .add("bar", json_of({most_bytes, most_descriptors}))
               .add("reached", ours.bytes <= most_bytes && ours.descriptors <= most_descriptors));
}

} // namespace

TEST_CASE("bench: what many live buffers take", "[bench]") {
    lift_limit();
    const unsigned count = is_measuring() ? 10000 : 32;
    const BufferHoldings ours = hold_buffers(Tarmac, count), theirs = hold_buffers(Wlroots, count);
    record_holding("live buffer, not shown yet", count, ours.made, theirs.made,
                   theirs.made.bytes + 512, theirs.made.descriptors);
    record_holding("live buffer that was shown", count, ours.shown, theirs.shown,
                   theirs.shown.bytes + 512, theirs.shown.descriptors);
}

TEST_CASE("bench: what many clients take", "[bench]") {
    lift_limit();
    const unsigned count = is_measuring() ? 1000 : 8;
    const ClientHoldings ours = hold_clients(Tarmac, count), theirs = hold_clients(Wlroots, count);
    record_holding("client", count, ours.connection, theirs.connection,
                   theirs.connection.bytes + 512, theirs.connection.descriptors);
    // An object, but no table
    record_holding("default feedback of a client", count, ours.feedback, theirs.feedback,
                   theirs.feedback.bytes + 512, 0);
}
