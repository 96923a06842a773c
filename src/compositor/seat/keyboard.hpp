#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <functional>
#include <set>
#include <vector>

namespace tarmac::compositor {

class InputMethodRelay;
class KeyBindings;

/// One keyboard, real or virtual: its keys go to the bindings first, then to the input method if
/// that wants them, and then to the client that has the seat's focus. Owned by Seat, and goes with
/// the device.
class Keyboard {
public:
    /// `on_key` is called for every key. `on_gone` may destroy the Keyboard.
    Keyboard(wlr_seat& seat, wlr_keyboard& device, KeyBindings& bindings,
             InputMethodRelay& input_methods, std::function<void()> on_key,
             std::function<void()> on_gone);

    wlr_keyboard& get() const noexcept { return device_; }
    /// The pressed keys that clients may know of: not those of a binding or the input method.
    std::vector<std::uint32_t> keys_for_clients() const;

private:
    void key(const wlr_keyboard_key_event& event);
    bool run_binding(const wlr_keyboard_key_event& event);
    bool send_to_input_method(const wlr_keyboard_key_event& event);
    void modifiers();

    wlr_seat& seat_;
    wlr_keyboard& device_;
    KeyBindings& bindings_;
    InputMethodRelay& input_methods_;
    std::function<void()> on_key_;
    std::set<std::uint32_t> bound_; ///< pressed keys whose press was a binding's
    std::set<std::uint32_t> taken_; ///< pressed keys whose press was the input method's
    Listener key_, modifiers_, destroy_;
};

} // namespace tarmac::compositor
