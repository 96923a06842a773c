#pragma once

#include "compositor/window/border.hpp"
#include "wlr/wlr.hpp"

namespace tarmac::compositor {

class Toplevel;

/// A window's part of the scene, from bottom to top: a black backdrop while it is fullscreen, its
/// border, its surfaces, its popups. Owned by the Toplevel.
class WindowNodes {
public:
    /// Hits on the nodes lead to `owner`.
    WindowNodes(wlr_scene_tree* layer, wlr_xdg_surface& surface, Toplevel& owner);
    WindowNodes(const WindowNodes&) = delete;
    WindowNodes& operator=(const WindowNodes&) = delete;
    ~WindowNodes();

    /// Upper left corner of the window on the desktop.
    int x() const noexcept { return tree_->node.x; }
    int y() const noexcept { return tree_->node.y; }

    /// Shows the window, without its shadows, at `place`. If `covered` isn't empty, nothing else is
    /// seen of what is below it, and nothing of the window outside of it.
    void show(const wlr_box& place, const wlr_box& covered, bool with_border);
    /// The window has no picture any more.
    void hide();
    void raise() { wlr_scene_node_raise_to_top(&tree_->node); }
    void set_active(bool active) { border_.set_active(active); }

private:
    wlr_xdg_surface& surface_;
    wlr_scene_tree* tree_;
    wlr_scene_rect* backdrop_;
    Border border_;
    wlr_scene_tree* content_;
    wlr_scene_tree* popups_;
};

} // namespace tarmac::compositor
