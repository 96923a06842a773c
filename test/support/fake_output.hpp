#pragma once

#include <string>
#include <tarmac/fd.hpp>
#include <tarmac/format_set.hpp>

#include "wlr/wlr.hpp"

namespace test {

/// An output that shows nothing and claims to scan `formats` out, for a scene in this process.
class FakeOutput {
public:
    /// `device`, a path, passes for the card. Shows what lies at `x`, 0 of `scene`.
    FakeOutput(wl_event_loop* loop, wlr_scene* scene, int x, int width, int height,
               const std::string& device, const tarmac::FormatSet& formats);
    /// Unplugs it.
    ~FakeOutput();
    FakeOutput(const FakeOutput&) = delete;
    FakeOutput& operator=(const FakeOutput&) = delete;

    wlr_scene_output& scene_output() { return *scene_output_; }
    dev_t device() const { return device_number_; }
    /// Scans these out from now on.
    void set_formats(const tarmac::FormatSet& formats);
    /// Commits, with nothing new.
    void commit();
    /// Commits that it is off. It has no formats then, as one without a CRTC.
    void disable();
    /// Commits that it is on again.
    void enable();

private:
    void commit(const wlr_output_state& state);
    void commit_enabled(bool enabled);

    // Plain, so that the way back from the wlr_backend is well defined.
    struct Backend {
        wlr_backend backend;
        int device;
    };

    tarmac::Fd device_;
    dev_t device_number_;
    Backend backend_{};
    wlr_drm_format_set formats_{};
    wlr_output output_;
    wlr_scene_output* scene_output_;
};

} // namespace test
