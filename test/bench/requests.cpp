// What clients ask for most, beside what the same costs with others: in time as the client sees it,
// and in processor time of the compositor. Each request is answered before the next is sent.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <poll.h>
#include <wayland-client.h>

#include "bench/comparison.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/window.hpp"

using namespace bench;
using namespace test;

namespace {

constexpr int Side = 64;
constexpr std::uint32_t Stride = 4 * Side;

void check(bool is_right) {
    if (!is_right)
        FAIL("the compositor didn't answer as it should");
}

/// A client with memory to make buffers of.
struct Client {
    explicit Client(RunningPeer& peer)
        : client{peer.compositor().connect(4)}
        , dmabuf{allocate_dmabuf(Exporter::Udmabuf, Stride * Side)} {}

    wl_buffer* create_immed() {
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
        wl_buffer* buffer = zwp_linux_buffer_params_v1_create_immed(params.object, Side, Side,
                                                                    DRM_FORMAT_XRGB8888, 0);
        client.destroy_params(params);
        return buffer;
    }

    RawClient client;
    tarmac::Fd dmabuf;
};

/// Each goes in the next one's turn.
struct CreateImmed : Client {
    using Client::Client;
    void operator()(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            wl_buffer* buffer = create_immed();
            check(client.round_trip());
            wl_buffer_destroy(buffer);
        }
    }
};

struct Create : Client {
    using Client::Client;
    void operator()(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
            check(client.create(params, Side, Side, DRM_FORMAT_XRGB8888).kind == Answer::Created);
            wl_buffer_destroy(params.buffer);
            client.destroy_params(params);
        }
    }
};

struct Connect {
    explicit Connect(RunningPeer& peer) : compositor{peer.compositor()} {}
    void operator()(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            RawClient client = compositor.connect(4);
            const ToldFeedback& told = client.feedback();
            check(told.times == 1 && !told.table.empty());
        }
    }
    CompositorProcess& compositor;
};

struct SurfaceFeedback : Client {
    explicit SurfaceFeedback(RunningPeer& peer)
        : Client{peer}, surface{wl_compositor_create_surface(client.compositor())} {}
    ~SurfaceFeedback() { wl_surface_destroy(surface); }
    void operator()(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            const ToldFeedback& told = client.feedback(surface);
            check(told.times == 1 && !told.table.empty());
            client.destroy_feedback();
        }
    }
    wl_surface* surface;
};

/// A window that shows a buffer.
struct Shower : Client {
    explicit Shower(RunningPeer& peer) : Client{peer}, window{client} {
        first = create_immed();
        second = create_immed();
        window.show(first);
        window.show(second);
    }
    ~Shower() {
        wl_buffer_destroy(first);
        wl_buffer_destroy(second);
    }
    void commit(wl_buffer* buffer) {
        wl_surface_attach(window.surface(), buffer, 0, 0);
        wl_surface_damage_buffer(window.surface(), 0, 0, Side, Side);
        wl_surface_commit(window.surface());
    }
    Window window;
    wl_buffer *first, *second;
};

/// Of one that was shown before.
struct Commit : Shower {
    using Shower::Shower;
    void operator()(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            commit(i % 2 == 0 ? first : second);
            check(client.round_trip());
        }
    }
};

struct CreateAndCommit : Shower {
    using Shower::Shower;
    void operator()(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            wl_buffer* buffer = create_immed();
            commit(buffer);
            wl_buffer_destroy(std::exchange(first, buffer));
            check(client.round_trip());
        }
    }
};

/// What a poll of nothing costs, in seconds.
double cost_of_poll() {
    std::vector<double> costs;
    for (int i = 0; i < 15; ++i) {
        timespec before, after;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        for (int n = 0; n < 1000; ++n)
            poll(nullptr, 0, 0);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        costs.push_back(1e-3 * (static_cast<double>(after.tv_sec - before.tv_sec) +
                                1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec)));
    }
    return estimate_median(costs).median;
}

/// So many that one run of them takes a while.
template <class Work>
unsigned enough_of(Work& work, RunningPeer& peer) {
    if (!is_measuring())
        return 2;
    unsigned count = 8;
    while (peer.cost_of(count, work).elapsed * count < 0.08)
        count *= 2;
    return count;
}

template <class Work>
void compare(const std::string& measure, RunningPeer& ours, RunningPeer& theirs, Bar bar = {},
             bool may_poll_once_more = false) {
    Work our_work{ours}, their_work{theirs};
    const unsigned count = enough_of(our_work, ours);
    their_work(count);
    const Pairs pairs = measure_pairs([&] { return ours.cost_of(count, our_work); },
                                      [&] { return theirs.cost_of(count, their_work); },
                                      is_measuring() ? Effort{} : Effort{1, 1});
    // The bars are for the comparison that differs in one thing.
    if (theirs.peer().name != Wlroots.name)
        bar = {};
    if (bar.processor && may_poll_once_more)
        *bar.processor += cost_of_poll() / Pairs::of(pairs.theirs, &Cost::processor).median;
    record("requests", json_of(measure, theirs.peer(), count, pairs, bar));
}

void compare_with(const Peer& peer) {
    need(peer);
    RunningPeer ours{Tarmac}, theirs{peer};
    compare<CreateImmed>("create_immed + destroy", ours, theirs);
    compare<Create>("create to created", ours, theirs);
    compare<Connect>("connect + default feedback", ours, theirs, {0.8, 0.8});
    compare<SurfaceFeedback>("surface feedback", ours, theirs);
    compare<Commit>("commit of a cached buffer", ours, theirs, {{}, 1.0}, true);
    compare<CreateAndCommit>("create_immed + first commit", ours, theirs, {1.05, 1.05});
}

} // namespace

TEST_CASE("bench: what clients ask for, beside wlroots' handler", "[bench]") {
    compare_with(Wlroots);
}

TEST_CASE("bench: what clients ask for, beside sway", "[.][bench]") {
    compare_with(Sway);
}

TEST_CASE("bench: what clients ask for, beside weston", "[.][bench]") {
    compare_with(Weston);
}
