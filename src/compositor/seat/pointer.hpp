#pragma once

#include "compositor/handle.hpp"
#include "compositor/seat/interactive_grab.hpp"
#include "compositor/seat/pointer_constraint.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <optional>

namespace tarmac::compositor {

class Outputs;
class Windows;
struct Hit;

/// The pointer of the seat: what it is on, what it looks like, and what its buttons do to windows.
/// All pointer devices move it together. Owned by Seat.
class Pointer {
public:
    Pointer(wl_display* display, wlr_seat& seat, Windows& windows, Outputs& outputs);

    wlr_cursor& cursor() const noexcept { return *cursor_; }
    /// Whether any device moves it; without one it isn't shown and is on nothing.
    void set_present(bool present);
    /// The renderer is another, which has no picture of the cursor.
    void show_anew();
    /// The user's button press `serial` on a window of `client` becomes a grab of `window`; see
    /// InteractiveGrab. Does nothing if there was no such press.
    void grab(Toplevel& window, wlr_seat_client* client, std::uint32_t serial, std::uint32_t edges);
    /// Something may have moved underneath.
    void look_again();

private:
    void listen_to_devices();
    void listen_to_clients(wl_display* display);
    void relative_motion(const wlr_pointer_motion_event& event);
    void moved(std::uint32_t time);
    void button(const wlr_pointer_button_event& event);
    void press(const wlr_pointer_button_event& event);
    void update_focus(std::uint32_t time);
    bool is_held_by_client() const;
    bool is_alt_held() const;
    void begin_grab(Toplevel& window, std::uint32_t edges, std::uint32_t button);
    void end_grab();
    void show_cursor(const char* name);

    wlr_seat& seat_;
    Windows& windows_;
    Handle<wlr_xcursor_manager, wlr_xcursor_manager_destroy> theme_;
    Handle<wlr_cursor, wlr_cursor_destroy> cursor_;
    wlr_relative_pointer_manager_v1* relative_pointers_;
    PointerConstraint constraint_;
    bool is_present_ = false;
    /// Where the origin of the surface that has the pointer is on the desktop.
    double origin_x_ = 0, origin_y_ = 0;
    std::optional<InteractiveGrab> grab_;
    std::uint32_t grab_button_ = 0;

    Listener motion_, motion_absolute_, button_, axis_, frame_;
    Listener focus_change_, request_set_cursor_, request_set_shape_;
};

} // namespace tarmac::compositor
