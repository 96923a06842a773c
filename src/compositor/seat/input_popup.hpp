#pragma once

#include "compositor/wlr_shells.hpp"
#include "wlr/listener.hpp"

#include <functional>

namespace tarmac::compositor {

/// What an input method shows beside the text: candidates, say. Owned by InputMethodRelay, and goes
/// when the client's zwp_input_popup_surface_v2 goes.
class InputPopup {
public:
    /// `on_gone` may destroy the InputPopup.
    InputPopup(wlr_input_popup_surface_v2& popup, wlr_scene_tree* layer,
               std::function<void()> on_commit, std::function<void()> on_gone);
    InputPopup(const InputPopup&) = delete;
    InputPopup& operator=(const InputPopup&) = delete;
    ~InputPopup() { wlr_scene_node_destroy(&tree_->node); }

    bool is(const wlr_input_popup_surface_v2& popup) const noexcept { return &popup_ == &popup; }
    /// Below `cursor`, where text is entered, or above it, but inside of `area`. Both are on the
    /// desktop.
    void show_at(const wlr_box& cursor, const wlr_box& area);

private:
    wlr_input_popup_surface_v2& popup_;
    wlr_scene_tree* tree_;
    wlr_box told_{}; ///< the cursor, as seen from the popup
    Listener commit_, destroy_;
};

} // namespace tarmac::compositor
