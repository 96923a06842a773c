#include "compositor/seat/seat.hpp"

#include "compositor/graphics.hpp"
#include "compositor/output/outputs.hpp"
#include "compositor/scene.hpp"
#include "compositor/window/windows.hpp"

#include <algorithm>

namespace tarmac::compositor {

Seat::Seat(wl_display* display, Graphics& graphics, Scene& scene, Outputs& outputs,
           Windows& windows, std::function<void()> quit)
    : windows_{windows}
    , outputs_{outputs}
    , seat_{wlr_seat_create(display, "seat0")}
    , idle_{display}
    , bindings_{windows, graphics.session(), std::move(quit)}
    , input_methods_{display, *seat_, scene, windows}
    , pointer_{display, *seat_, windows, outputs}
    , touch_{*seat_, pointer_.cursor(), windows}
    , selections_{*seat_, pointer_.cursor(), scene.overlay(), [this] { pointer_.look_again(); }} {
    windows_.set_input(*this);
    // Popups with a grab keep the keyboard meanwhile.
    keyboard_grab_end_.connect(seat_->events.keyboard_grab_end, [this] { follow_focus(); });
    new_input_.connect<wlr_input_device>(graphics.backend()->events.new_input,
                                         [this](wlr_input_device* device) { add(*device); });
    backend_destroy_.connect(graphics.backend()->events.destroy, [this] {
        new_input_.disconnect();
        backend_destroy_.disconnect();
    });
    listen_to_virtual_devices(display);
    listen_to_activity();
}

void Seat::listen_to_activity() {
    auto& events = pointer_.cursor().events;
    for (wl_signal* signal : {&events.motion, &events.motion_absolute, &events.button, &events.axis,
                              &events.touch_down, &events.touch_motion, &events.touch_up})
        activity_.emplace_back().connect(*signal, [this] { idle_.notify(*seat_); });
}

void Seat::listen_to_virtual_devices(wl_display* display) {
    wlr_virtual_keyboard_manager_v1* keyboards = wlr_virtual_keyboard_manager_v1_create(display);
    new_virtual_keyboard_.connect<wlr_virtual_keyboard_v1>(
        keyboards->events.new_virtual_keyboard,
        [this](wlr_virtual_keyboard_v1* device) { add_keyboard(device->keyboard); });
    wlr_virtual_pointer_manager_v1* pointers = wlr_virtual_pointer_manager_v1_create(display);
    new_virtual_pointer_.connect<wlr_virtual_pointer_v1_new_pointer_event>(
        pointers->events.new_virtual_pointer,
        [this](wlr_virtual_pointer_v1_new_pointer_event* event) {
            add_cursor_device(event->new_pointer->pointer.base, event->suggested_output);
        });
}

void Seat::add(wlr_input_device& device) {
    switch (device.type) {
    case WLR_INPUT_DEVICE_KEYBOARD:
        add_keyboard(*wlr_keyboard_from_input_device(&device));
        break;
    case WLR_INPUT_DEVICE_POINTER:
    case WLR_INPUT_DEVICE_TOUCH:
        add_cursor_device(device);
        break;
    default:
        break;
    }
}

void Seat::add_keyboard(wlr_keyboard& device) {
    auto active = [this] { idle_.notify(*seat_); };
    keyboards_.push_back(std::make_unique<Keyboard>(
        *seat_, device, bindings_, input_methods_, active, [this, &device] {
            std::erase_if(keyboards_, [&](const auto& other) { return &other->get() == &device; });
            // The seat lets go of it only after this.
            if (!keyboards_.empty() && (wlr_seat_get_keyboard(seat_) == &device ||
                                        wlr_seat_get_keyboard(seat_) == nullptr))
                wlr_seat_set_keyboard(seat_, &keyboards_.front()->get());
            announce_capabilities();
        }));
    if (wlr_seat_get_keyboard(seat_) == nullptr)
        wlr_seat_set_keyboard(seat_, &device);
    announce_capabilities();
}

void Seat::add_cursor_device(wlr_input_device& device, wlr_output* wished_output) {
    wlr_cursor_attach_input_device(&pointer_.cursor(), &device);
    CursorDevice& added = cursor_devices_.emplace_back(device, wished_output);
    added.destroy.connect(device.events.destroy, [this, &device] {
        cursor_devices_.remove_if(
            [&](const CursorDevice& other) { return &other.device == &device; });
        announce_capabilities();
    });
    map_to_output(added);
    announce_capabilities();
}

void Seat::map_devices() {
    for (const CursorDevice& device : cursor_devices_)
        map_to_output(device);
}

void Seat::map_to_output(const CursorDevice& entry) {
    wlr_input_device& device = entry.device;
    const char* name = device.type == WLR_INPUT_DEVICE_TOUCH
                           ? wlr_touch_from_input_device(&device)->output_name
                           : wlr_pointer_from_input_device(&device)->output_name;
    const wlr_box wished = outputs_.box(entry.wished_output);
    wlr_cursor_map_input_to_output(&pointer_.cursor(), &device,
                                   wlr_box_empty(&wished) ? outputs_.find(name)
                                                          : entry.wished_output);
}

void Seat::announce_capabilities() {
    const auto has = [this](wlr_input_device_type type) {
        return std::ranges::any_of(cursor_devices_, [type](const CursorDevice& entry) {
            return entry.device.type == type;
        });
    };
    const bool has_pointer = has(WLR_INPUT_DEVICE_POINTER);
    std::uint32_t capabilities = 0;
    capabilities |= has_pointer ? WL_SEAT_CAPABILITY_POINTER : 0;
    capabilities |= has(WLR_INPUT_DEVICE_TOUCH) ? WL_SEAT_CAPABILITY_TOUCH : 0;
    capabilities |= keyboards_.empty() ? 0 : WL_SEAT_CAPABILITY_KEYBOARD;
    wlr_seat_set_capabilities(seat_, capabilities);
    pointer_.set_present(has_pointer);
}

void Seat::follow_focus() {
    wlr_surface* surface = windows_.keyboard_surface();
    if (surface == nullptr) {
        wlr_seat_keyboard_notify_clear_focus(seat_);
        return;
    }
    wlr_keyboard* current = wlr_seat_get_keyboard(seat_);
    const auto keyboard = std::ranges::find_if(
        keyboards_, [current](const auto& candidate) { return &candidate->get() == current; });
    if (keyboard == keyboards_.end()) {
        wlr_seat_keyboard_notify_enter(seat_, surface, nullptr, 0, nullptr);
        return;
    }
    const std::vector<std::uint32_t> keys = (*keyboard)->keys_for_clients();
    wlr_seat_keyboard_notify_enter(seat_, surface, keys.data(), keys.size(), &current->modifiers);
}

wlr_output* Seat::output_in_use() const {
    return outputs_.nearest(pointer_.cursor().x, pointer_.cursor().y);
}

void Seat::move_requested(Toplevel& window, wlr_seat_client* client, std::uint32_t serial) {
    pointer_.grab(window, client, serial, WLR_EDGE_NONE);
}

void Seat::resize_requested(Toplevel& window, wlr_seat_client* client, std::uint32_t serial,
                            std::uint32_t edges) {
    if (edges != WLR_EDGE_NONE)
        pointer_.grab(window, client, serial, edges);
}

} // namespace tarmac::compositor
