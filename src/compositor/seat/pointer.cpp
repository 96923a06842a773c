#include "compositor/seat/pointer.hpp"

#include "compositor/output/outputs.hpp"
#include "compositor/window/surface_bounds.hpp"
#include "compositor/window/windows.hpp"

#include <linux/input-event-codes.h>

namespace tarmac::compositor {
namespace {

constexpr unsigned CursorSize = 24;

std::uint32_t now_in_ms() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint32_t>(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

} // namespace

Pointer::Pointer(wl_display* display, wlr_seat& seat, Windows& windows, Outputs& outputs)
    : seat_{seat}
    , windows_{windows}
    , theme_{wlr_xcursor_manager_create(nullptr, CursorSize)}
    , cursor_{wlr_cursor_create()}
    , relative_pointers_{wlr_relative_pointer_manager_v1_create(display)}
    , constraint_{display, seat} {
    wlr_cursor_attach_output_layout(cursor_.get(), outputs.layout());
    listen_to_devices();
    listen_to_clients(display);
}

void Pointer::listen_to_devices() {
    motion_.connect<wlr_pointer_motion_event>(
        cursor_->events.motion,
        [this](wlr_pointer_motion_event* event) { relative_motion(*event); });
    motion_absolute_.connect<wlr_pointer_motion_absolute_event>(
        cursor_->events.motion_absolute, [this](wlr_pointer_motion_absolute_event* event) {
            wlr_cursor_warp_absolute(cursor_.get(), &event->pointer->base, event->x, event->y);
            moved(event->time_msec);
        });
    button_.connect<wlr_pointer_button_event>(
        cursor_->events.button, [this](wlr_pointer_button_event* event) { button(*event); });
    axis_.connect<wlr_pointer_axis_event>(
        cursor_->events.axis, [this](wlr_pointer_axis_event* event) {
            wlr_seat_pointer_notify_axis(&seat_, event->time_msec, event->orientation, event->delta,
                                         event->delta_discrete, event->source,
                                         event->relative_direction);
        });
    frame_.connect(cursor_->events.frame, [this] { wlr_seat_pointer_notify_frame(&seat_); });
}

void Pointer::listen_to_clients(wl_display* display) {
    focus_change_.connect<wlr_seat_pointer_focus_change_event>(
        seat_.pointer_state.events.focus_change,
        [this](wlr_seat_pointer_focus_change_event* event) {
            constraint_.enter(event->new_surface);
            if (event->new_surface == nullptr)
                show_cursor("default");
        });
    request_set_cursor_.connect<wlr_seat_pointer_request_set_cursor_event>(
        seat_.events.request_set_cursor, [this](wlr_seat_pointer_request_set_cursor_event* event) {
            if (event->seat_client == seat_.pointer_state.focused_client) {
                wlr_cursor_set_surface(cursor_.get(), event->surface,
                                       std::clamp(event->hotspot_x, -Farthest, Farthest),
                                       std::clamp(event->hotspot_y, -Farthest, Farthest));
            }
        });
    // wlroots asserts that it is no more than it knows.
    constexpr std::uint32_t ShapesVersion = TARMAC_WLROOTS_SINCE(20) ? 2 : 1;
    wlr_cursor_shape_manager_v1* shapes =
        wlr_cursor_shape_manager_v1_create(display, ShapesVersion);
    request_set_shape_.connect<wlr_cursor_shape_manager_v1_request_set_shape_event>(
        shapes->events.request_set_shape,
        [this](wlr_cursor_shape_manager_v1_request_set_shape_event* event) {
            if (event->seat_client == seat_.pointer_state.focused_client &&
                event->device_type == WLR_CURSOR_SHAPE_MANAGER_V1_DEVICE_TYPE_POINTER)
                show_cursor(wlr_cursor_shape_v1_name(event->shape));
        });
}

void Pointer::set_present(bool present) {
    if (is_present_ == present)
        return;
    is_present_ = present;
    if (present) {
        show_cursor("default");
        look_again();
    } else {
        end_grab();
        wlr_seat_pointer_notify_clear_focus(&seat_);
        wlr_cursor_unset_image(cursor_.get());
    }
}

void Pointer::show_anew() {
    if (!is_present_)
        return;
    set_present(false);
    set_present(true);
}

void Pointer::show_cursor(const char* name) {
    if (is_present_)
        wlr_cursor_set_xcursor(cursor_.get(), theme_.get(), name);
}

void Pointer::relative_motion(const wlr_pointer_motion_event& event) {
    constexpr std::uint64_t UsPerMs = 1000;
    wlr_relative_pointer_manager_v1_send_relative_motion(
        relative_pointers_, &seat_, event.time_msec * UsPerMs, event.delta_x, event.delta_y,
        event.unaccel_dx, event.unaccel_dy);
    double dx = event.delta_x, dy = event.delta_y;
    if (!grab_)
        constraint_.limit(dx, dy);
    wlr_cursor_move(cursor_.get(), &event.pointer->base, dx, dy);
    moved(event.time_msec);
}

void Pointer::moved(std::uint32_t time) {
    if (grab_) {
        grab_->follow(cursor_->x, cursor_->y);
    } else if (is_held_by_client()) {
        wlr_seat_pointer_notify_motion(&seat_, time, cursor_->x - origin_x_,
                                       cursor_->y - origin_y_);
    } else {
        update_focus(time);
    }
}

void Pointer::look_again() {
    if (is_present_ && !grab_ && !is_held_by_client())
        update_focus(now_in_ms());
}

bool Pointer::is_held_by_client() const {
    // Popups and drags have grabs of their own, which want to know what the pointer is on.
    return seat_.pointer_state.button_count > 0 && seat_.pointer_state.focused_surface != nullptr &&
           !wlr_seat_pointer_has_grab(&seat_);
}

void Pointer::update_focus(std::uint32_t time) {
    const Hit hit = windows_.at(cursor_->x, cursor_->y);
    if (hit.surface == nullptr) {
        wlr_seat_pointer_notify_clear_focus(&seat_);
        return;
    }
    origin_x_ = cursor_->x - hit.x;
    origin_y_ = cursor_->y - hit.y;
    wlr_seat_pointer_notify_enter(&seat_, hit.surface, hit.x, hit.y);
    wlr_seat_pointer_notify_motion(&seat_, time, hit.x, hit.y);
}

void Pointer::button(const wlr_pointer_button_event& event) {
    if (event.state == WL_POINTER_BUTTON_STATE_PRESSED) {
        press(event);
        return;
    }
    if (grab_ && event.button == grab_button_)
        end_grab();
    // wlroots keeps count of the buttons, so it is told of this one even if no client was.
    wlr_seat_pointer_notify_button(&seat_, event.time_msec, event.button, event.state);
    look_again();
}

void Pointer::press(const wlr_pointer_button_event& event) {
    if (grab_)
        return;
    const Hit hit = windows_.at(cursor_->x, cursor_->y);
    if (!is_held_by_client() && !wlr_seat_pointer_has_grab(&seat_)) {
        windows_.focus(hit);
        if (hit.window != nullptr && is_alt_held() &&
            (event.button == BTN_LEFT || event.button == BTN_RIGHT)) {
            std::uint32_t edges = WLR_EDGE_NONE;
            if (event.button == BTN_RIGHT)
                edges = nearest_corner(hit.window->box(), cursor_->x, cursor_->y);
            begin_grab(*hit.window, edges, event.button);
            return;
        }
    }
    wlr_seat_pointer_notify_button(&seat_, event.time_msec, event.button, event.state);
}

bool Pointer::is_alt_held() const {
    wlr_keyboard* keyboard = wlr_seat_get_keyboard(&seat_);
    return keyboard != nullptr && (wlr_keyboard_get_modifiers(keyboard) & WLR_MODIFIER_ALT) != 0;
}

void Pointer::grab(Toplevel& window, wlr_seat_client* client, std::uint32_t serial,
                   std::uint32_t edges) {
    if (client != seat_.pointer_state.focused_client ||
        !wlr_seat_validate_pointer_grab_serial(&seat_, nullptr, serial))
        return;
    begin_grab(window, edges, seat_.pointer_state.grab_button);
}

void Pointer::begin_grab(Toplevel& window, std::uint32_t edges, std::uint32_t button) {
    if (grab_ || !window.is_mapped() || window.is_filling())
        return;
    wlr_seat_pointer_notify_clear_focus(&seat_);
    grab_.emplace(window, edges, cursor_->x, cursor_->y, [this] { end_grab(); });
    grab_button_ = button;
    show_cursor(grab_->cursor());
}

void Pointer::end_grab() {
    if (grab_) {
        grab_.reset();
        show_cursor("default");
    }
}

} // namespace tarmac::compositor
