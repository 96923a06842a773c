#include "compositor/seat/touch.hpp"

#include "compositor/window/windows.hpp"

namespace tarmac::compositor {

Touch::Touch(wlr_seat& seat, wlr_cursor& cursor, Windows& windows)
    : seat_{seat}, cursor_{cursor}, windows_{windows} {
    down_.connect<wlr_touch_down_event>(cursor.events.touch_down,
                                        [this](wlr_touch_down_event* event) { down(*event); });
    motion_.connect<wlr_touch_motion_event>(
        cursor.events.touch_motion, [this](wlr_touch_motion_event* event) { motion(*event); });
    up_.connect<wlr_touch_up_event>(cursor.events.touch_up, [this](wlr_touch_up_event* event) {
        origins_.erase(event->touch_id);
        wlr_seat_touch_notify_up(&seat_, event->time_msec, event->touch_id);
    });
    cancel_.connect<wlr_touch_cancel_event>(
        cursor.events.touch_cancel, [this](wlr_touch_cancel_event* event) {
            origins_.erase(event->touch_id);
            const wlr_touch_point* point = wlr_seat_touch_get_point(&seat_, event->touch_id);
            if (point != nullptr && point->client != nullptr) {
                wlr_seat_touch_notify_cancel(&seat_, point->client);
            }
        });
    frame_.connect(cursor.events.touch_frame, [this] { wlr_seat_touch_notify_frame(&seat_); });
}

Touch::Point Touch::on_desktop(const wlr_touch& device, double x, double y) const {
    Point result;
    wlr_cursor_absolute_to_layout_coords(&cursor_, const_cast<wlr_input_device*>(&device.base), x,
                                         y, &result.x, &result.y);
    return result;
}

void Touch::down(const wlr_touch_down_event& event) {
    const Point point = on_desktop(*event.touch, event.x, event.y);
    const Hit hit = windows_.at(point.x, point.y);
    windows_.focus(hit);
    if (hit.surface == nullptr)
        return;
    origins_[event.touch_id] = {point.x - hit.x, point.y - hit.y};
    wlr_seat_touch_notify_down(&seat_, hit.surface, event.time_msec, event.touch_id, hit.x, hit.y);
}

void Touch::motion(const wlr_touch_motion_event& event) {
    const auto origin = origins_.find(event.touch_id);
    if (origin == origins_.end())
        return;
    const Point point = on_desktop(*event.touch, event.x, event.y);
    if (seat_.drag != nullptr) {
        // A drag follows the finger from surface to surface.
        const Hit hit = windows_.at(point.x, point.y);
        if (hit.surface != nullptr) {
            wlr_seat_touch_point_focus(&seat_, hit.surface, event.time_msec, event.touch_id, hit.x,
                                       hit.y);
            wlr_seat_touch_notify_motion(&seat_, event.time_msec, event.touch_id, hit.x, hit.y);
        } else {
            wlr_seat_touch_point_clear_focus(&seat_, event.time_msec, event.touch_id);
        }
        return;
    }
    wlr_seat_touch_notify_motion(&seat_, event.time_msec, event.touch_id,
                                 point.x - origin->second.x, point.y - origin->second.y);
}

} // namespace tarmac::compositor
