#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <map>

namespace tarmac::compositor {

class Windows;

/// The touchscreens of the seat: fingers go to the surface that they touched first. Owned by Seat.
class Touch {
public:
    /// `cursor` turns the devices' coordinates into those of the desktop.
    Touch(wlr_seat& seat, wlr_cursor& cursor, Windows& windows);

private:
    struct Point {
        double x, y;
    };

    void down(const wlr_touch_down_event& event);
    void motion(const wlr_touch_motion_event& event);
    Point on_desktop(const wlr_touch& device, double x, double y) const;

    wlr_seat& seat_;
    wlr_cursor& cursor_;
    Windows& windows_;
    std::map<std::int32_t, Point> origins_; ///< of the touched surfaces, by finger
    Listener down_, up_, motion_, cancel_, frame_;
};

} // namespace tarmac::compositor
