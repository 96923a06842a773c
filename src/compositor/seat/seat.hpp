#pragma once

#include "compositor/seat/idle.hpp"
#include "compositor/seat/input_method_relay.hpp"
#include "compositor/seat/key_bindings.hpp"
#include "compositor/seat/keyboard.hpp"
#include "compositor/seat/pointer.hpp"
#include "compositor/seat/selections.hpp"
#include "compositor/seat/touch.hpp"
#include "compositor/window/window_input.hpp"

#include <list>
#include <memory>

namespace tarmac::compositor {

class Graphics;
class Scene;

/// The one seat: all input devices, those of the backend and those that clients make up, and what
/// they are pointed at. Owned by the Server.
class Seat : public WindowInput {
public:
    Seat(wl_display* display, Graphics& graphics, Scene& scene, Outputs& outputs, Windows& windows,
         std::function<void()> quit);

    void follow_focus() override;
    wlr_output* output_in_use() const override;
    void move_requested(Toplevel& window, wlr_seat_client* client, std::uint32_t serial) override;
    void resize_requested(Toplevel& window, wlr_seat_client* client, std::uint32_t serial,
                          std::uint32_t edges) override;

    /// Outputs came or went: devices that belong to one find it, or lose it.
    void map_devices();
    void look_again() { pointer_.look_again(); }
    void show_cursor_anew() { pointer_.show_anew(); }

private:
    /// A device that moves the cursor.
    struct CursorDevice {
        wlr_input_device& device;
        wlr_output* wished_output; ///< only compared, it may be gone
        Listener destroy;
    };

    void add(wlr_input_device& device);
    void add_keyboard(wlr_keyboard& device);
    void add_cursor_device(wlr_input_device& device, wlr_output* wished_output = nullptr);
    void listen_to_virtual_devices(wl_display* display);
    void listen_to_activity();
    void map_to_output(const CursorDevice& device);
    void announce_capabilities();

    Windows& windows_;
    Outputs& outputs_;
    wlr_seat* seat_; ///< goes with the display
    Idle idle_;
    KeyBindings bindings_;
    InputMethodRelay input_methods_;
    Pointer pointer_;
    Touch touch_;
    Selections selections_;
    std::list<std::unique_ptr<Keyboard>> keyboards_;
    std::list<CursorDevice> cursor_devices_;
    std::list<Listener> activity_;
    Listener new_input_, new_virtual_keyboard_, new_virtual_pointer_, backend_destroy_;
    Listener keyboard_grab_end_;
};

} // namespace tarmac::compositor
