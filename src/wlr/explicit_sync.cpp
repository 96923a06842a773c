#include "wlr/explicit_sync.hpp"

#include <array>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <tarmac/fd.hpp>
#include <vector>
#include <xf86drm.h>

#include "linux-drm-syncobj-v1-enums.h"
#include "wlr/guard.hpp"
#include "wlr/surface_object.hpp"
#include "wlr/synced_state.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

constexpr std::uint32_t Version = 1;

/// On each display that has a manager, which goes with it: libwayland finds it by its function.
struct Offered {
    wl_listener display_gone; // first, so that the way back from it is well defined

    static void handle_display_gone(wl_listener* listener, void*) {
        delete reinterpret_cast<Offered*>(listener);
    }
};

/// False if the device can't wait for timelines.
bool create_manager(wl_display* display, int drm_fd) {
    auto offered = std::make_unique<Offered>();
    if (!wlr_linux_drm_syncobj_manager_v1_create(display, Version, drm_fd))
        return false;
    offered->display_gone.notify = Offered::handle_display_gone;
    wl_display_add_destroy_listener(display, &offered.release()->display_gone);
    return true;
}

std::vector<Fd> open_render_nodes() {
    std::array<drmDevice*, 64> devices{};
    const int n = drmGetDevices2(0, devices.data(), static_cast<int>(devices.size()));
    std::vector<Fd> nodes;
    for (int i = 0; i < n; ++i) {
        const drmDevice& device = *devices.at(static_cast<std::size_t>(i));
        if ((device.available_nodes & 1 << DRM_NODE_RENDER) == 0)
            continue;
        if (Fd node{open(device.nodes[DRM_NODE_RENDER], O_RDWR | O_CLOEXEC)})
            nodes.push_back(std::move(node));
    }
    if (n > 0)
        drmFreeDevices(devices.data(), n);
    return nodes;
}

using SurfaceState = wlr_linux_drm_syncobj_surface_v1_state;

#if TARMAC_WLROOTS_SINCE(20)
wlr_drm_syncobj_timeline* release_timeline_of(const SurfaceState& points) {
    return points.WLR_PRIVATE.release_timeline;
}
std::uint64_t release_point_of(const SurfaceState& points) {
    return points.WLR_PRIVATE.release_point;
}
#else
wlr_drm_syncobj_timeline* release_timeline_of(const SurfaceState& points) {
    return points.release_timeline;
}
std::uint64_t release_point_of(const SurfaceState& points) {
    return points.release_point;
}
#endif

SurfaceState* state_in(wlr_surface& surface, const wlr_surface_state& state) {
    const SurfaceState* current = wlr_linux_drm_syncobj_v1_get_surface_state(&surface);
    return current ? synced_state_in(surface, state, current) : nullptr;
}

/// An error, which wlroots is to find.
bool are_in_conflict(const SurfaceState& points) {
    return points.acquire_timeline == release_timeline_of(points) &&
           points.acquire_point >= release_point_of(points);
}

/// Has `points` wait for what has signalled. They stay as they are if there is no memory for that.
void stop_waiting(SurfaceState& points) {
    constexpr std::uint64_t signalled = 1;
    wlr_drm_syncobj_timeline* timeline =
        wlr_drm_syncobj_timeline_create(points.acquire_timeline->drm_fd);
    if (!timeline || !wlr_drm_syncobj_timeline_signal(timeline, signalled))
        return wlr_drm_syncobj_timeline_unref(timeline);
    wlr_drm_syncobj_timeline_unref(std::exchange(points.acquire_timeline, timeline));
    points.acquire_point = signalled;
}

} // namespace

Result<void> offer_explicit_sync(wl_display* display, int drm_fd) {
    if (wl_display_get_destroy_listener(display, Offered::handle_display_gone))
        return fail(Fault::NotAvailable, "the display has linux-drm-syncobj-v1 already");
    if (drm_fd >= 0 && create_manager(display, drm_fd))
        return {};
    for (const Fd& node : open_render_nodes()) {
        if (create_manager(display, node.get()))
            return {};
    }
    return fail(Fault::NotAvailable, "no DRM device waits for timelines");
}

SyncPoint::SyncPoint(wlr_drm_syncobj_timeline& timeline, std::uint64_t point) noexcept
    : timeline_{wlr_drm_syncobj_timeline_ref(&timeline)}, point_{point} {}

void SyncPoint::Unref::operator()(wlr_drm_syncobj_timeline* timeline) const noexcept {
    wlr_drm_syncobj_timeline_unref(timeline);
}

bool AcquirePoint::is_signalled() const {
    bool result = false;
    return wlr_drm_syncobj_timeline_check(&point_.timeline(), point_.point(),
                                          DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, &result) &&
           result;
}

class AcquirePoint::Wait::State {
public:
    explicit State(std::function<void()> signalled) : signalled_{std::move(signalled)} {
        node_.self = this;
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { finish(); }

    bool start(wl_event_loop* loop, const SyncPoint& point) {
        is_waiting_ = wlr_drm_syncobj_timeline_waiter_init(&node_.waiter, &point.timeline(),
                                                           point.point(), 0, loop, &handle);
        return is_waiting_;
    }

private:
    // Plain, so that the way back from the waiter is well defined.
    struct Node {
        wlr_drm_syncobj_timeline_waiter waiter;
        State* self;
    };

    static void handle(wlr_drm_syncobj_timeline_waiter* waiter) {
        State& self = *reinterpret_cast<Node*>(waiter)->self;
        self.finish();
        // It may destroy this.
        const auto signalled = std::move(self.signalled_);
        guard(signalled);
    }
    void finish() {
        if (std::exchange(is_waiting_, false))
            wlr_drm_syncobj_timeline_waiter_finish(&node_.waiter);
    }

    Node node_{};
    bool is_waiting_ = false;
    std::function<void()> signalled_;
};

Result<AcquirePoint::Wait> AcquirePoint::await(wl_event_loop* loop,
                                               std::function<void()> signalled) const {
    auto state = std::make_unique<Wait::State>(std::move(signalled));
    if (!state->start(loop, point_))
        return fail(Fault::OutOfResources, "an acquire point can't be waited for");
    return Wait{std::move(state)};
}

AcquirePoint::Wait::Wait(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}
AcquirePoint::Wait::Wait(Wait&&) noexcept = default;
AcquirePoint::Wait& AcquirePoint::Wait::operator=(Wait&&) noexcept = default;
AcquirePoint::Wait::~Wait() = default;

void ReleasePoint::signal() noexcept {
    if (const auto point = std::exchange(point_, std::nullopt))
        wlr_drm_syncobj_timeline_signal(&point->timeline(), point->point());
}

bool ReleasePoint::join(ReleasePoint& other) noexcept {
    if (!point_ || !other.point_ || &point_->timeline() != &other.point_->timeline())
        return false;
    if (other.point_->point() > point_->point())
        std::swap(point_, other.point_);
    other.point_.reset();
    return true;
}

bool has_explicit_sync(wlr_surface& surface) {
    return wlr_linux_drm_syncobj_v1_get_surface_state(&surface) != nullptr;
}

std::optional<AcquirePoint> acquire_point_in(wlr_surface& surface, const wlr_surface_state& state) {
    const SurfaceState* points = state_in(surface, state);
    if (!points || !points->acquire_timeline)
        return std::nullopt;
    return AcquirePoint{SyncPoint{*points->acquire_timeline, points->acquire_point}};
}

std::optional<ReleasePoint> release_point_in(wlr_surface& surface, const wlr_surface_state& state) {
    const SurfaceState* points = state_in(surface, state);
    if (!points || !release_timeline_of(*points))
        return std::nullopt;
    return ReleasePoint{SyncPoint{*release_timeline_of(*points), release_point_of(*points)}};
}

std::optional<AcquirePoint> take_acquire_point(wlr_surface& surface) {
    auto acquire = acquire_point_in(surface, surface.pending);
    SurfaceState* points = state_in(surface, surface.pending);
    if (acquire && !acquire->is_signalled() && !are_in_conflict(*points))
        stop_waiting(*points);
    return acquire;
}

void disarm_release_point(wlr_surface& surface) {
    if (SurfaceState* current = wlr_linux_drm_syncobj_v1_get_surface_state(&surface))
#if TARMAC_WLROOTS_SINCE(20)
        current->WLR_PRIVATE.committed = false;
#else
        // wlr_scene asks for it there.
        wlr_drm_syncobj_timeline_unref(std::exchange(current->release_timeline, nullptr));
#endif
}

void drop_acquire_point(wlr_surface& surface) {
    if (SurfaceState* current = wlr_linux_drm_syncobj_v1_get_surface_state(&surface))
        wlr_drm_syncobj_timeline_unref(std::exchange(current->acquire_timeline, nullptr));
}

void reject_unsupported_buffer(wlr_surface& surface) {
    const SurfaceState* current = wlr_linux_drm_syncobj_v1_get_surface_state(&surface);
    wlr_surface_reject_pending(&surface,
                               find_surface_object(wl_resource_get_client(surface.resource),
                                                   "wp_linux_drm_syncobj_surface_v1", current),
                               WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_UNSUPPORTED_BUFFER,
                               "the buffer has no explicit synchronization");
}

} // namespace tarmac
