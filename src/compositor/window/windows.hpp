#pragma once

#include "compositor/layer/layers.hpp"
#include "compositor/window/popup.hpp"
#include "compositor/window/toplevel.hpp"
#include "wlr/listener.hpp"

#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace tarmac::compositor {

class Outputs;
class Scene;
class WindowInput;

/// What is at a point of the desktop.
struct Hit {
    wlr_surface* surface = nullptr; ///< nullptr on the background and on borders
    double x = 0, y = 0;            ///< in the surface
    Toplevel* window = nullptr;     ///< that the surface or the border belongs to
    LayerSurface* layer = nullptr;  ///< that the surface belongs to
};

/// Where the upper left corner of a surface is on the desktop.
struct Origin {
    int x, y;
    wlr_output* output;
};

/// All windows, their stacking and what has the keyboard; puts xdg-shell, xdg-decoration,
/// xdg-activation and the layer shell on the display. Owned by the Server.
class Windows {
public:
    Windows(wl_display* display, Scene& scene, Outputs& outputs);

    /// To be called once before clients are let in; `input` must outlive the clients.
    void set_input(WindowInput& input) { input_ = &input; }
    WindowInput& input() const noexcept { return *input_; }
    Outputs& outputs() const noexcept { return outputs_; }
    Layers& layers() noexcept { return layers_; }
    /// For clients that list windows.
    wlr_ext_foreign_toplevel_list_v1& list() const noexcept { return *list_; }

    Hit at(double x, double y) const;
    /// The window that `surface`, a part of it or one of its popups, belongs to; may be nullptr.
    Toplevel* window_of(wlr_surface* surface) const;
    /// Of the window or layer surface that `surface` belongs to.
    std::optional<Origin> origin_of(wlr_surface* surface) const;
    /// The focused one, unless a layer surface has the keyboard.
    Toplevel* with_keyboard() const;
    /// What the keys are for; nullptr if there is nothing.
    wlr_surface* keyboard_surface() const;
    /// Whether a fullscreen window, or a dialog of one, is on top there.
    bool is_filled(wlr_output& output) const;

    /// Brings `window` to the top, with its dialogs, and gives it the keyboard.
    void focus(Toplevel& window);
    /// Asks what has the keyboard to close. False if nothing has it.
    bool close_focused();
    /// Gives the keyboard to what the user pointed at, if it takes it.
    void focus(const Hit& hit);
    /// Focuses the next window (or the one before) of the order at the first call.
    void cycle(bool backwards);
    /// Lets the next cycle() start from the order of then.
    void end_cycle() { cycle_.clear(); }

    /// Makes up for outputs that came, went or changed.
    void follow_outputs();

    /// For Toplevel and Popup.
    void remove(Toplevel& window);
    void remove(Popup& popup);
    /// `window` shows nothing any more: takes the focus from it.
    void forget(Toplevel& window);
    /// Where a window of that size goes first.
    wlr_box place(const Toplevel& window, const wlr_box& size);
    /// Of a popup that got its parent late: a layer surface, whose popups are in `parent`.
    void show_popup(wlr_xdg_popup& popup, wlr_scene_tree* parent);

private:
    Toplevel* parent_of(const Toplevel& window) const;
    void raise(Toplevel& window);
    void activate(Toplevel& window);
    void activate(const wlr_xdg_activation_v1_request_activate_event& event);

    Scene& scene_;
    Outputs& outputs_;
    wlr_ext_foreign_toplevel_list_v1* list_; ///< goes with the display
    WindowInput* input_ = nullptr;
    Layers layers_;
    std::list<std::unique_ptr<Toplevel>> stack_; ///< last focused first
    std::list<std::unique_ptr<Popup>> popups_;
    Toplevel* focused_ = nullptr;
    std::vector<Toplevel*> cycle_;
    std::size_t cycle_position_ = 0;
    Listener new_toplevel_, new_popup_, new_decoration_, request_activate_;
};

} // namespace tarmac::compositor
