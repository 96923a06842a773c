#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <functional>

namespace tarmac::compositor {

/// Clipboard, primary selection and drag and drop between clients. Owned by Seat.
class Selections {
public:
    /// What is dragged is shown in `layer`, at the cursor or the finger. `on_drop` is called after
    /// every drag. Has to be made after those who move the cursor.
    Selections(wlr_seat& seat, wlr_cursor& cursor, wlr_scene_tree* layer,
               std::function<void()> on_drop);

private:
    void move_icon(double x, double y);
    void request_drag(const wlr_seat_request_start_drag_event& event);
    void drag_started(wlr_drag& drag);

    wlr_seat& seat_;
    wlr_scene_tree* icons_;
    std::function<void()> on_drop_;
    Listener request_set_selection_, request_set_primary_selection_;
    Listener request_start_drag_, start_drag_, drag_destroy_;
    Listener motion_, motion_absolute_, touch_motion_;
};

} // namespace tarmac::compositor
