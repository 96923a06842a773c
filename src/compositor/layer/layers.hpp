#pragma once

#include "compositor/layer/layer_surface.hpp"
#include "compositor/layer/spent_popup.hpp"
#include "wlr/end_of_turn.hpp"
#include "wlr/listener.hpp"

#include <list>
#include <memory>

namespace tarmac::compositor {

class Outputs;
class Windows;

/// All surfaces of the layer shell, below and above the windows, and what they leave to those; puts
/// wlr-layer-shell on the display. Owned by Windows.
class Layers {
public:
    Layers(wl_display* display, Scene& scene, Outputs& outputs, Windows& windows);

    /// The user picked `surface` (nullptr: something else) for the keyboard.
    void focus(LayerSurface* surface);
    /// That which has the keyboard instead of a window; may be nullptr.
    wlr_surface* keyboard_surface() const;

    /// Finds everything its place at the end of the turn, and shows no bars over a window that
    /// fills its output.
    void arrange_later() { arranging_.request(); }
    /// Makes up for outputs that came, went or changed.
    void follow_outputs();

    /// For LayerSurface.
    void mapped(LayerSurface& surface);
    void unmapped(LayerSurface& surface);
    void remove(LayerSurface& surface);
    void show_popup(wlr_xdg_popup& popup, wlr_scene_tree* parent);

private:
    void add(wlr_layer_surface_v1& shell);
    void arrange();
    bool arrange(wlr_output& output);

    Scene& scene_;
    Outputs& outputs_;
    Windows& windows_;
    std::list<std::unique_ptr<LayerSurface>> surfaces_; ///< oldest first
    LayerSurface* focused_ = nullptr;                   ///< as the user wants it
    EndOfTurn arranging_;
    ProtocolLogger requests_;
    Listener new_surface_;
};

} // namespace tarmac::compositor
