#pragma once

#include "wlr/wlr.hpp"

#include <array>

namespace tarmac::compositor {

/// The thin frame around a window that leaves its decoration to the compositor; its colour tells
/// whether the window has the keyboard. Part of the window's scene tree, which owns the nodes.
class Border {
public:
    explicit Border(wlr_scene_tree* parent);

    /// Lies around a window of this size at the origin of the parent.
    void fit(int width, int height);
    void set_shown(bool shown);
    void set_active(bool active);

private:
    wlr_scene_tree* tree_;
    std::array<wlr_scene_rect*, 4> sides_;
};

} // namespace tarmac::compositor
