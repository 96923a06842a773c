#pragma once

#include "compositor/backoff.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"
#include "wlr/wlr.hpp"

#include <functional>
#include <optional>

namespace tarmac::compositor {

class Graphics;

/// One screen or window that shows a part of the scene: draws when asked to, and again where
/// that fails. Owned by Outputs, and goes when wlroots' output goes.
class Output {
public:
    /// `on_gone` may destroy the Output.
    Output(wlr_output& output, wlr_scene_output& scene_output, Graphics& graphics,
           std::function<void()> on_drawn, std::function<void()> on_gone);

    wlr_output& get() const noexcept { return output_; }
    wlr_scene_output& scene_output() const noexcept { return scene_output_; }
    /// Draws with the new renderer from now on. False if it can't: then it draws nothing.
    bool use_new_renderer();
    /// Whether its user wants it on.
    void set_wanted(bool is_wanted) noexcept { is_wanted_ = is_wanted; }
    /// Where windows may be, on the desktop; empty as long as nobody has said so.
    const wlr_box& usable() const noexcept { return usable_; }
    void set_usable(const wlr_box& usable) noexcept { usable_ = usable; }
    bool is_missed() const noexcept { return is_wanted_ && !output_.enabled; }
    /// Whether it is a window of another session, which its user can close.
    bool is_nested() const noexcept;

private:
    void draw();
    /// Draws what a commit before failed to scan out.
    bool compose();

    wlr_output& output_;
    wlr_scene_output& scene_output_;
    Graphics& graphics_;
    std::function<void()> on_drawn_;
    wlr_box usable_{};
    bool is_wanted_ = true;
    bool can_draw_ = true; ///< it has the renderer that is there now
    Backoff backoff_;
    std::optional<Timer> retry_; ///< of a frame that couldn't be shown
    Listener frame_, request_state_, destroy_;
};

} // namespace tarmac::compositor
