#include "compositor/seat/selections.hpp"

#include <cmath>

namespace tarmac::compositor {

Selections::Selections(wlr_seat& seat, wlr_cursor& cursor, wlr_scene_tree* layer,
                       std::function<void()> on_drop)
    : seat_{seat}, icons_{wlr_scene_tree_create(layer)}, on_drop_{std::move(on_drop)} {
    request_set_selection_.connect<wlr_seat_request_set_selection_event>(
        seat.events.request_set_selection, [this](wlr_seat_request_set_selection_event* event) {
            wlr_seat_set_selection(&seat_, event->source, event->serial);
        });
    request_set_primary_selection_.connect<wlr_seat_request_set_primary_selection_event>(
        seat.events.request_set_primary_selection,
        [this](wlr_seat_request_set_primary_selection_event* event) {
            wlr_seat_set_primary_selection(&seat_, event->source, event->serial);
        });
    request_start_drag_.connect<wlr_seat_request_start_drag_event>(
        seat.events.request_start_drag,
        [this](wlr_seat_request_start_drag_event* event) { request_drag(*event); });
    start_drag_.connect<wlr_drag>(seat.events.start_drag,
                                  [this](wlr_drag* drag) { drag_started(*drag); });

    auto follow_cursor = [this, &cursor] { move_icon(cursor.x, cursor.y); };
    motion_.connect(cursor.events.motion, follow_cursor);
    motion_absolute_.connect(cursor.events.motion_absolute, follow_cursor);
    touch_motion_.connect<wlr_touch_motion_event>(
        cursor.events.touch_motion, [this, &cursor](wlr_touch_motion_event* event) {
            double x, y;
            wlr_cursor_absolute_to_layout_coords(&cursor, &event->touch->base, event->x, event->y,
                                                 &x, &y);
            move_icon(x, y);
        });
}

void Selections::request_drag(const wlr_seat_request_start_drag_event& event) {
    wlr_touch_point* point = nullptr;
    if (wlr_seat_validate_pointer_grab_serial(&seat_, event.origin, event.serial))
        wlr_seat_start_pointer_drag(&seat_, event.drag, event.serial);
    else if (wlr_seat_validate_touch_grab_serial(&seat_, event.origin, event.serial, &point))
        wlr_seat_start_touch_drag(&seat_, event.drag, event.serial, point);
    else if (event.drag->source != nullptr)
        wlr_data_source_destroy(event.drag->source);
}

void Selections::drag_started(wlr_drag& drag) {
    if (drag.icon != nullptr) {
        // Its node goes with the icon.
        wlr_scene_drag_icon_create(icons_, drag.icon);
    }
    drag_destroy_.connect(drag.events.destroy, [this] {
        drag_destroy_.disconnect();
        on_drop_();
    });
}

void Selections::move_icon(double x, double y) {
    wlr_scene_node_set_position(&icons_->node, static_cast<int>(std::lround(x)),
                                static_cast<int>(std::lround(y)));
}

} // namespace tarmac::compositor
