// Points of clients' timelines, at the seam to wlroots: what commits bring, and waiting and
// signalling for real.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "linux-drm-syncobj-v1-client-protocol.h"
#include "support/explicit_sync.hpp"
#include "support/local_compositor.hpp"
#include "support/raw_client.hpp"
#include "wlr/explicit_sync.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;
using test::RawClient;
using test::SyncSurface;
using test::Timeline;

namespace {

constexpr int Size = 16;

/// A compositor with explicit synchronization, and a client's surface in it with shared memory to
/// show, since any buffer will do here.
struct Fixture {
    Timeline timeline; ///< first: it skips the test
    test::LocalCompositor compositor;
    wl_event_loop* loop = wl_display_get_event_loop(compositor.display());
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, nullptr);
    wlr_surface* shown = nullptr; ///< the server's end
    Listener new_surface, client_commit, destroyed;
    /// Of the last commit, as a client_commit sees it.
    std::optional<AcquirePoint> acquire;
    std::optional<ReleasePoint> release;
    std::function<void()> on_client_commit;

    std::optional<RawClient> client;
    wl_shm* shm = nullptr;
    wl_buffer* buffer = nullptr;
    wl_surface* surface = nullptr;
    std::optional<SyncSurface> sync;

    Fixture() {
        static constexpr std::uint32_t formats[] = {DRM_FORMAT_ARGB8888, DRM_FORMAT_XRGB8888};
        wlr_shm_create(compositor.display(), 1, formats, std::size(formats));
        REQUIRE(offer_explicit_sync(compositor.display()));
        new_surface.connect<wlr_surface>(surfaces->events.new_surface, [this](wlr_surface* made) {
            if (shown)
                return;
            shown = made;
            destroyed.connect(made->events.destroy, [this] {
                client_commit.disconnect();
                destroyed.disconnect();
            });
            client_commit.connect(made->events.client_commit, [this] {
                acquire = acquire_point_in(*shown, shown->pending);
                release = release_point_in(*shown, shown->pending);
                if (on_client_commit)
                    on_client_commit();
            });
        });
        client.emplace(6u, compositor.connect(), compositor.pump());
        shm = static_cast<wl_shm*>(client->bind_global(&wl_shm_interface, 1));
        buffer = create_buffer();
        surface = wl_compositor_create_surface(client->compositor());
        sync.emplace(*client, surface);
        REQUIRE(client->round_trip());
    }
    ~Fixture() {
        sync.reset();
        wl_surface_destroy(surface);
        wl_buffer_destroy(buffer);
        wl_shm_destroy(shm);
        client->round_trip();
        new_surface.disconnect();
    }

    wl_buffer* create_buffer() const {
        constexpr int bytes = Size * Size * 4;
        const Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC)};
        REQUIRE(ftruncate(memory.get(), bytes) == 0);
        wl_shm_pool* pool = wl_shm_create_pool(shm, memory.get(), bytes);
        wl_buffer* made =
            wl_shm_pool_create_buffer(pool, 0, Size, Size, Size * 4, WL_SHM_FORMAT_XRGB8888);
        wl_shm_pool_destroy(pool);
        return made;
    }
    void set_points(std::uint64_t acquired, std::uint64_t released) {
        sync->set_acquire(timeline, acquired);
        sync->set_release(timeline, released);
    }
    void commit(wl_buffer* shown_buffer) {
        wl_surface_attach(surface, shown_buffer, 0, 0);
        wl_surface_commit(surface);
    }
    /// Lets the event loop do what there is.
    void dispatch() {
        for (int i = 0; i < 3; ++i)
            wl_event_loop_dispatch(loop, 0);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "explicit synchronization is offered once on a display") {
    const auto again = offer_explicit_sync(compositor.display());
    REQUIRE_FALSE(again);
    CHECK(again.error().fault == Fault::NotAvailable);
    test::LocalCompositor other;
    CHECK(offer_explicit_sync(other.display()));
}

TEST_CASE_METHOD(Fixture, "the points of a commit are found in its pending state") {
    CHECK(has_explicit_sync(*shown));
    set_points(3, 7);
    commit(buffer);
    REQUIRE(client->round_trip());
    REQUIRE(acquire);
    REQUIRE(release);
    CHECK_FALSE(acquire->is_signalled());
    timeline.signal(3);
    CHECK(acquire->is_signalled());
    release->signal();
    CHECK(timeline.signalled_point() == 7);

    wl_surface_commit(surface);
    REQUIRE(client->round_trip());
    CHECK_FALSE(acquire);
    CHECK_FALSE(release);
}

TEST_CASE_METHOD(Fixture, "the points of a held commit are found in its cached state") {
    on_client_commit = [this] { wlr_surface_lock_pending(shown); };
    timeline.signal(1);
    set_points(1, 2);
    commit(buffer);
    REQUIRE(client->round_trip());
    acquire.reset();
    wlr_surface_state* cached = wl_container_of(shown->cached.next, cached, cached_state_link);
    acquire = acquire_point_in(*shown, *cached);
    REQUIRE(acquire);
    CHECK(acquire->is_signalled());
    CHECK_FALSE(acquire_point_in(*shown, shown->pending));
    CHECK_FALSE(acquire_point_in(*shown, shown->current));

    SECTION("which forgets them with the client's object") {
        CHECK(timeline.signalled_point() == 1);
        sync->destroy();
        REQUIRE(client->round_trip());
        CHECK_FALSE(has_explicit_sync(*shown));
        CHECK_FALSE(acquire_point_in(*shown, *cached));
        CHECK(acquire->is_signalled());
        release.reset();
        CHECK(timeline.signalled_point() == 2);
    }
}

TEST_CASE_METHOD(Fixture, "wlroots doesn't hold a commit whose acquire point was taken") {
    const bool is_taken = GENERATE(true, false);
    on_client_commit = [&] {
        acquire.reset();
        if (is_taken)
            acquire = take_acquire_point(*shown);
    };
    set_points(1, 2);
    commit(buffer);
    REQUIRE(client->round_trip());
    CHECK(wl_list_empty(&shown->cached) == is_taken);
    timeline.signal(1);
    CHECK((!acquire || acquire->is_signalled()));
    if (is_taken) {
        // Its errors are still errors.
        set_points(2, 2);
        commit(buffer);
        CHECK_FALSE(client->round_trip());
        CHECK(client->connection().error ==
              WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_CONFLICTING_POINTS);
    }
}

TEST_CASE_METHOD(Fixture, "a surface without explicit synchronization has no points") {
    sync->destroy();
    commit(buffer);
    REQUIRE(client->round_trip());
    CHECK_FALSE(has_explicit_sync(*shown));
    CHECK_FALSE(acquire);
    CHECK_FALSE(release);
}

TEST_CASE_METHOD(Fixture,
                 "a wait ends when the point has signalled, and not when its fence is there") {
    set_points(5, 6);
    commit(buffer);
    REQUIRE(client->round_trip());
    int called = 0;
    std::optional<AcquirePoint::Wait> wait;
    const auto start = [&](std::function<void()> signalled) {
        auto started = acquire->await(loop, std::move(signalled));
        REQUIRE(started);
        wait.emplace(std::move(*started));
    };
    SECTION("with a fence that comes later") {
        start([&] { ++called; });
        dispatch();
        timeline.submit(5);
        CHECK_FALSE(acquire->is_signalled());
        dispatch();
        CHECK(called == 0);
        timeline.finish();
        CHECK(client->wait_until([&] { return called == 1; }));
    }
    SECTION("with one that is there") {
        timeline.submit(5);
        start([&] { ++called; });
        dispatch();
        CHECK(called == 0);
        timeline.finish();
        CHECK(client->wait_until([&] { return called == 1; }));
    }
    SECTION("with one that has signalled, but not at once") {
        timeline.signal(5);
        start([&] { ++called; });
        CHECK(called == 0);
        CHECK(client->wait_until([&] { return called == 1; }));
    }
    SECTION("by a later point") {
        start([&] { ++called; });
        timeline.signal(9);
        CHECK(client->wait_until([&] { return called == 1; }));
    }
    SECTION("which destroys it") {
        start([&] {
            ++called;
            wait.reset();
        });
        timeline.signal(5);
        CHECK(client->wait_until([&] { return called == 1; }));
    }
    SECTION("or it is destroyed") {
        const std::size_t fds = test::count_open_fds();
        start([&] { ++called; });
        wait.reset();
        CHECK(test::count_open_fds() == fds);
        timeline.signal(5);
        dispatch();
        CHECK(called == 0);
    }
    dispatch();
    CHECK(called <= 1);
}

TEST_CASE_METHOD(Fixture, "a release point is signalled once, whoever holds it last") {
    set_points(1, 2);
    commit(buffer);
    REQUIRE(client->round_trip());
    REQUIRE(release);
    ReleasePoint moved = std::move(*release);
    release.reset();
    CHECK(timeline.signalled_point() == 0);
    {
        const ReleasePoint last = std::move(moved);
        CHECK(timeline.signalled_point() == 0);
    }
    CHECK(timeline.signalled_point() == 2);
}

TEST_CASE_METHOD(Fixture, "release points of one timeline become one") {
    std::optional<ReleasePoint> kept;
    for (const std::uint64_t point : {2, 5, 3}) {
        set_points(1, point);
        commit(buffer);
        REQUIRE(client->round_trip());
        REQUIRE(release);
        if (kept)
            CHECK(kept->join(*release));
        else
            kept.emplace(std::move(*release));
        release.reset();
        CHECK(timeline.signalled_point() == 0);
    }
    kept.reset();
    CHECK(timeline.signalled_point() == 5);
}

namespace {

/// Takes points over when a commit is applied, as what is older than the client's object.
struct Takeover : Fixture {
    wlr_surface_synced synced{};
    int pending = 0, current = 0;
    static inline Takeover* self = nullptr;
    bool was_acquire_there = false;

    Takeover() {
        self = this;
        sync.reset();
        static constexpr wlr_surface_synced_impl impl = {
            .state_size = sizeof(int),
            .init_state = nullptr,
            .finish_state = nullptr,
            .move_state =
                [](void* destination, void*) {
                    if (destination != &self->current)
                        return;
                    disarm_release_point(*self->shown);
                    self->was_acquire_there |=
                        acquire_point_in(*self->shown, self->shown->current).has_value();
                    drop_acquire_point(*self->shown);
                },
            .commit = nullptr,
        };
        REQUIRE(wlr_surface_synced_init(&synced, shown, &impl, &pending, &current));
        sync.emplace(*client, surface);
        REQUIRE(client->round_trip());
        timeline.signal(1);
    }
    ~Takeover() {
        release.reset();
        wlr_surface_synced_finish(&synced);
    }
};

} // namespace

TEST_CASE_METHOD(Takeover, "wlroots signals no release point that was taken over") {
    set_points(1, 2);
    commit(buffer);
    REQUIRE(client->round_trip());
    ReleasePoint first = std::move(*release);
    CHECK(was_acquire_there);
    CHECK_FALSE(acquire_point_in(*shown, shown->current));
    SECTION("for the next commit") {
        set_points(1, 3);
        commit(buffer);
        REQUIRE(client->round_trip());
    }
    SECTION("for no buffer") {
        commit(nullptr);
        REQUIRE(client->round_trip());
    }
    SECTION("when the client's object goes") {
        sync->destroy();
        REQUIRE(client->round_trip());
    }
    CHECK(timeline.signalled_point() == 1);
    first.signal();
    CHECK(timeline.signalled_point() == 2);
}

TEST_CASE_METHOD(Fixture,
                 "a buffer that can't be synchronized is an error of the surface's object") {
    on_client_commit = [this] { reject_unsupported_buffer(*shown); };
    // Several of one client, wherever they lie in memory.
    static constexpr std::size_t n = 6;
    wl_surface* others[n];
    std::optional<SyncSurface> syncs[n];
    const std::size_t meant = GENERATE(range(std::size_t{0}, n));
    for (std::size_t i = 0; i < n; ++i) {
        others[i] = wl_compositor_create_surface(client->compositor());
        if (i == meant) {
            destroyed.disconnect();
            client_commit.disconnect();
            shown = nullptr;
        }
        syncs[i].emplace(*client, others[i]);
        REQUIRE(client->round_trip());
    }
    syncs[meant]->set_acquire(timeline, 1);
    syncs[meant]->set_release(timeline, 2);
    wl_surface_attach(others[meant], buffer, 0, 0);
    wl_surface_commit(others[meant]);
    CHECK_FALSE(client->round_trip());
    const test::Answer answer = client->connection();
    CHECK(answer.interface == wp_linux_drm_syncobj_surface_v1_interface.name);
    CHECK(answer.error == WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_UNSUPPORTED_BUFFER);
    CHECK(answer.object == wl_proxy_get_id(reinterpret_cast<wl_proxy*>(syncs[meant]->get())));
    for (std::size_t i = 0; i < n; ++i) {
        syncs[i].reset();
        wl_surface_destroy(others[i]);
    }
}
