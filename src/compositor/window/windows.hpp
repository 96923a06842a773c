#pragma once

#include "compositor/window/popup.hpp"
#include "compositor/window/toplevel.hpp"
#include "wlr/listener.hpp"

#include <list>
#include <memory>
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
};

/// All windows, their stacking and which of them has the keyboard; puts xdg-shell, xdg-decoration
/// and xdg-activation on the display. Owned by the Server.
class Windows {
public:
    Windows(wl_display* display, Scene& scene, Outputs& outputs);

    /// To be called once before clients are let in; `input` must outlive the clients.
    void set_input(WindowInput& input) { input_ = &input; }
    WindowInput& input() const noexcept { return *input_; }
    Outputs& outputs() const noexcept { return outputs_; }
    /// For clients that list windows.
    wlr_ext_foreign_toplevel_list_v1& list() const noexcept { return *list_; }

    Hit at(double x, double y) const;
    /// The window that `surface`, a part of it or one of its popups, belongs to; may be nullptr.
    Toplevel* window_of(wlr_surface* surface) const;
    Toplevel* focused() const noexcept { return focused_; }

    /// Brings `window` to the top, with its dialogs, and gives it the keyboard.
    void focus(Toplevel& window);
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

private:
    void raise(Toplevel& window);
    void activate(const wlr_xdg_activation_v1_request_activate_event& event);

    Scene& scene_;
    Outputs& outputs_;
    wlr_ext_foreign_toplevel_list_v1* list_; ///< goes with the display
    WindowInput* input_ = nullptr;
    std::list<std::unique_ptr<Toplevel>> stack_; ///< last focused first
    std::list<std::unique_ptr<Popup>> popups_;
    Toplevel* focused_ = nullptr;
    std::vector<Toplevel*> cycle_;
    std::size_t cycle_position_ = 0;
    Listener new_toplevel_, new_popup_, new_decoration_, request_activate_;
};

} // namespace tarmac::compositor
