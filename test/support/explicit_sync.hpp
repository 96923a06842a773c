#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tarmac/fd.hpp>
#include <utility>
#include <vector>

#include "support/fake_writer.hpp"

struct wl_surface;
struct wp_linux_drm_syncobj_manager_v1;
struct wp_linux_drm_syncobj_surface_v1;
struct wp_linux_drm_syncobj_timeline_v1;

namespace test {

class RawClient;

/// A client's DRM timeline. Skips the test where the render node has none.
class Timeline {
public:
    Timeline();
    explicit Timeline(const std::string& render_node);
    ~Timeline();
    Timeline(const Timeline&) = delete;
    Timeline& operator=(const Timeline&) = delete;

    /// For others to open the same.
    tarmac::Fd export_fd() const;

    /// Signals all up to `point`.
    void signal(std::uint64_t point);
    /// Gives `point` a fence that hasn't signalled yet: somebody works on it, for up to the ten
    /// seconds that vgem allows.
    void submit(std::uint64_t point);
    /// Gives `point` the fence of a sync_file.
    void submit(std::uint64_t point, const tarmac::Fd& sync_file);
    /// Signals what was submitted.
    void finish() { writer_.reset(); }

    /// The last point that has signalled; 0 before that.
    std::uint64_t signalled_point() const;
    bool has_signalled(std::uint64_t point) const { return signalled_point() >= point; }
    /// Waits for it; false if it takes longer than patience().
    bool await(std::uint64_t point) const;

private:
    tarmac::Fd device_;
    std::uint32_t handle_ = 0;
    std::unique_ptr<FakeWriter> writer_;
};

/// A surface's wp_linux_drm_syncobj_surface_v1. Timelines are to outlive it.
class SyncSurface {
public:
    SyncSurface(RawClient& client, wl_surface* surface);
    ~SyncSurface();
    SyncSurface(const SyncSurface&) = delete;
    SyncSurface& operator=(const SyncSurface&) = delete;

    /// For the next commit.
    void set_acquire(const Timeline& timeline, std::uint64_t point);
    void set_release(const Timeline& timeline, std::uint64_t point);

    /// The client's object for `timeline`, made when it is first asked for.
    wp_linux_drm_syncobj_timeline_v1* import(const Timeline& timeline);
    wp_linux_drm_syncobj_manager_v1* manager() const { return manager_; }
    wp_linux_drm_syncobj_surface_v1* get() const { return object_; }
    /// From then on the surface goes without points.
    void destroy();

private:
    wp_linux_drm_syncobj_manager_v1* manager_;
    wp_linux_drm_syncobj_surface_v1* object_;
    std::vector<std::pair<const Timeline*, wp_linux_drm_syncobj_timeline_v1*>> imported_;
};

} // namespace test
