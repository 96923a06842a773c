#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <tarmac/error.hpp>
#include <utility>

struct wl_display;
struct wl_event_loop;
struct wlr_drm_syncobj_timeline;
struct wlr_surface;
struct wlr_surface_state;

namespace tarmac {

/// Offers linux-drm-syncobj-v1 to clients, by wlroots' manager, which goes with the display. Nobody
/// else may have made one there. Clients' timelines are opened on the DRM device behind `drm_fd`
/// (borrowed), or, if that is -1 or can't wait for timelines, on the first that can: any will do,
/// whatever draws. Error: NotAvailable if there is none.
Result<void> offer_explicit_sync(wl_display* display, int drm_fd = -1);

/// A point of a client's timeline, which stays for as long as this does. Must go before the
/// display, which closes the device that wlroots has opened timelines on.
class SyncPoint {
public:
    SyncPoint(wlr_drm_syncobj_timeline& timeline, std::uint64_t point) noexcept;

    wlr_drm_syncobj_timeline& timeline() const noexcept { return *timeline_; }
    std::uint64_t point() const noexcept { return point_; }

private:
    struct Unref {
        void operator()(wlr_drm_syncobj_timeline* timeline) const noexcept;
    };
    std::unique_ptr<wlr_drm_syncobj_timeline, Unref> timeline_;
    std::uint64_t point_;
};

/// When a client's buffer may be read.
class AcquirePoint {
public:
    explicit AcquirePoint(SyncPoint point) noexcept : point_{std::move(point)} {}

    /// Asks the kernel, without waiting. An error of the kernel counts as no.
    bool is_signalled() const;

    /// A wait that goes on; when this goes, nothing is called any more. Safe to destroy from within
    /// the function.
    class Wait;
    /// Calls `signalled` once, from the event loop and never from inside this call, when the point
    /// has signalled, though its fence may not be there yet. Needs a descriptor. Error:
    /// OutOfResources.
    Result<Wait> await(wl_event_loop* loop, std::function<void()> signalled) const;

private:
    SyncPoint point_;
};

class AcquirePoint::Wait {
public:
    Wait(Wait&&) noexcept;
    Wait& operator=(Wait&&) noexcept;
    ~Wait();

private:
    friend class AcquirePoint;
    class State;
    explicit Wait(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

/// Tells a client that its buffer isn't read any more: when it is told to, or goes.
class ReleasePoint {
public:
    explicit ReleasePoint(SyncPoint point) noexcept : point_{std::move(point)} {}
    ReleasePoint(ReleasePoint&& other) noexcept
        : point_{std::exchange(other.point_, std::nullopt)} {}
    ReleasePoint& operator=(ReleasePoint&& other) noexcept {
        std::swap(point_, other.point_);
        return *this;
    }
    ~ReleasePoint() { signal(); }

    /// Does nothing the second time.
    void signal() noexcept;

    /// Takes `other` over, so that it is signalled with this one: what signals a point of a
    /// timeline signals those before it. False, and nothing is done, if it is of another timeline.
    bool join(ReleasePoint& other) noexcept;

private:
    std::optional<SyncPoint> point_;
};

/// Whether `surface` has a wp_linux_drm_syncobj_surface_v1, so that each commit with a buffer needs
/// points.
bool has_explicit_sync(wlr_surface& surface);

/// What a commit of `surface`, pending or cached, brings; nothing if it brings no points, as
/// without a buffer, or none that are legal. The points in a commit go when the client destroys its
/// object, though they count still: who needs them takes them in client_commit. A release point is
/// signalled when the result goes, so it is taken once a commit.
std::optional<AcquirePoint> acquire_point_in(wlr_surface& surface, const wlr_surface_state& state);
std::optional<ReleasePoint> release_point_in(wlr_surface& surface, const wlr_surface_state& state);

/// What a commit of `surface` brings, for its client_commit, and before wlroots' own: wlroots would
/// hold the commit until the point has a fence, which may be never, and nothing could let go of it.
/// Whoever takes the point waits alone.
std::optional<AcquirePoint> take_acquire_point(wlr_surface& surface);

/// To be called while a commit is being applied, after wlroots has moved the state of the points
/// and before it acts on it: in the move_state of a wlr_surface_synced that is older than the
/// client's object.
///
/// Keeps wlroots from signalling this commit's release point by itself: somebody has taken it.
void disarm_release_point(wlr_surface& surface);
/// The acquire point has signalled, so nobody need wait for it. Renderers without fences that come
/// from outside draw nothing that they are to wait for, and outputs without timelines scan nothing
/// of it out.
void drop_acquire_point(wlr_surface& surface);

/// Ends the client for a buffer without explicit synchronization. Only in client_commit, and only
/// where has_explicit_sync().
void reject_unsupported_buffer(wlr_surface& surface);

} // namespace tarmac
