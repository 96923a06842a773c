#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac::compositor {

class Windows;

/// The surface that `surface` is a part of, or a popup of, or a popup of one of its popups. May be
/// nullptr.
wlr_surface* root_of(wlr_surface* surface);

/// One menu or tooltip: configured and kept on its parent's output. wlroots takes care of where it
/// is and of its grab. Owned by Windows, and goes when the client's xdg_popup goes.
class Popup {
public:
    Popup(Windows& windows, wlr_xdg_popup& xdg);
    Popup(const Popup&) = delete;
    Popup& operator=(const Popup&) = delete;
    ~Popup();

    wlr_xdg_popup& xdg() const noexcept { return xdg_; }
    /// In the scene, from now on.
    void show_in(wlr_scene_tree* parent);

private:
    void await_first_commit();
    void committed();
    void configure();
    /// Where it may be, as its root surface sees it; empty if that can't be said.
    wlr_box room() const;

    Windows& windows_;
    wlr_xdg_popup& xdg_;
    wlr_scene_tree* tree_ = nullptr; ///< goes with the parent's, if that goes before
    bool awaits_first_commit_ = false;
    Listener commit_, reposition_, destroy_, tree_gone_;
};

} // namespace tarmac::compositor
