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
    const rlimit many{262144, 262144};
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

/// Of a client with a window.
class LiveBuffers {
public:
    explicit LiveBuffers(RunningPeer& peer)
        : client_{peer.compositor().connect(4)}, window_{client_} {}
    ~LiveBuffers() {
        for (wl_buffer* buffer : buffers_)
            wl_buffer_destroy(buffer);
    }
    LiveBuffers(const LiveBuffers&) = delete;
    LiveBuffers& operator=(const LiveBuffers&) = delete;

    void make(const tarmac::Fd& dmabuf, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            auto& params = client_.create_params();
            client_.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
            buffers_.push_back(zwp_linux_buffer_params_v1_create_immed(params.object, Side, Side,
                                                                       DRM_FORMAT_XRGB8888, 0));
            client_.destroy_params(params);
            // No more on the way at once than the socket takes
            if (i % 16 == 15)
                await_answer();
        }
        // Some compositors import in a later turn.
        await_answer();
        await_answer();
    }
    void commit_each() {
        for (std::size_t i = 0; i < buffers_.size(); ++i) {
            wl_surface_attach(window_.surface(), buffers_[i], 0, 0);
            wl_surface_damage_buffer(window_.surface(), 0, 0, Side, Side);
            wl_surface_commit(window_.surface());
            if (i % 16 == 15)
                await_answer();
        }
        await_answer();
    }
    void show_last() { window_.show(buffers_.back()); }

private:
    void await_answer() {
        const bool is_answered = client_.round_trip();
        INFO(buffers_.size() << " buffers, " << client_.connection());
        REQUIRE(is_answered);
    }

    RawClient client_;
    Window window_;
    std::vector<wl_buffer*> buffers_;
};

BufferHoldings hold_buffers(const Peer& peer, unsigned count) {
    RunningPeer running{peer};
    Process& process = running.compositor().process();
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Side);
    constexpr unsigned Clients = 4;
    std::list<LiveBuffers> clients;
    for (unsigned i = 0; i < Clients; ++i) {
        LiveBuffers& client = clients.emplace_back(running);
        // What is made once, however many follow
        client.make(dmabuf, 32);
        client.commit_each();
    }
    const Holdings before = holdings_of(process);
    for (LiveBuffers& client : clients)
        client.make(dmabuf, count / Clients);
    const Holdings made = holdings_of(process);
    for (LiveBuffers& client : clients)
        client.commit_each();
    // The last window is on top of the others.
    clients.back().show_last();
    const Holdings shown = holdings_of(process);
    CHECK(made.descriptors >= before.descriptors + count);
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
    // Tarmac gives no process more than 8192 of them by itself.
    const unsigned count = is_measuring() ? 8000 : 32;
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
