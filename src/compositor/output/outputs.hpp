#pragma once

#include "compositor/backoff.hpp"
#include "compositor/handle.hpp"
#include "compositor/options.hpp"
#include "compositor/output/output.hpp"

#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace tarmac::compositor {

class Graphics;
class Scene;

/// All outputs, side by side, as they come and go. Owned by the Server.
class Outputs {
public:
    /// `size` is what the user wishes for, see switch_on().
    Outputs(wl_display* display, Graphics& graphics, Scene& scene, std::optional<Size> size);

    wlr_output_layout* layout() const noexcept { return layout_.get(); }
    /// The output at the point or nearest to it; nullptr if there is none at all.
    wlr_output* nearest(double x, double y) const;
    /// Where `output` is on the desktop; empty for one that isn't there (any more).
    wlr_box box(wlr_output* output) const;
    /// Its box without what bars keep for themselves.
    wlr_box usable(wlr_output* output) const;
    /// Whether that is another from now on.
    bool set_usable(wlr_output& output, const wlr_box& usable);
    /// Whether `output`, which may be gone, is there.
    bool has(const wlr_output* output) const { return own(output) != nullptr; }
    std::vector<wlr_output*> all() const;
    wlr_output* find(const char* name) const;
    /// Draws everything anew, with the renderer that the graphics have now.
    void use_new_renderer();

    std::function<void(wlr_scene_output&)> on_added;
    std::function<void()>
        on_drawn; ///< an output has drawn, so what is under the pointer may differ
    std::function<void()> on_change; ///< outputs have come, gone or changed in size
    std::function<void()> on_closed; ///< the last window of a nested compositor was closed

private:
    static constexpr int MaxAttempts = 8;

    /// One that couldn't be switched on yet.
    struct Waiting {
        wlr_output* output;
        Listener destroyed;
    };

    Output* own(const wlr_output* output) const;
    void add(wlr_output& output);
    bool try_add(wlr_output& output);
    bool try_switch_on(wlr_output& output);
    void add_later(wlr_output& output);
    void try_waiting();
    void schedule_attempt();
    /// What those that wait lacked may be there: memory, or what another output used.
    void try_waiting_anew();
    void remove(wlr_output& output);
    void set_power(wlr_output& output, bool is_on);
    void cover_background();

    wl_event_loop* loop_;
    Graphics& graphics_;
    Scene& scene_;
    std::optional<Size> size_;
    Handle<wlr_output_layout, wlr_output_layout_destroy> layout_;
    wlr_scene_output_layout* scene_layout_;
    wlr_scene_rect* background_;
    std::vector<std::unique_ptr<Output>> outputs_;
    std::list<Waiting> waiting_;
    Backoff backoff_;
    int attempts_ = 0; ///< since anything was new
    std::optional<Timer> retry_;
    Listener new_output_, change_, power_, backend_destroy_;
};

} // namespace tarmac::compositor
