#include "compositor/seat/keyboard.hpp"

#include "compositor/handle.hpp"
#include "compositor/seat/input_method_relay.hpp"
#include "compositor/seat/key_bindings.hpp"

#include <algorithm>
#include <span>

namespace tarmac::compositor {
namespace {

constexpr int RepeatsPerSecond = 25;
constexpr int RepeatDelayInMs = 600;
/// xkb counts keycodes as X11 does.
constexpr std::uint32_t XkbKeycodeOffset = 8;

/// The layout that XKB_DEFAULT_LAYOUT and its like ask for.
void set_default_keymap(wlr_keyboard& device) {
    const Handle<xkb_context, xkb_context_unref> context{xkb_context_new(XKB_CONTEXT_NO_FLAGS)};
    if (!context)
        return;
    const Handle<xkb_keymap, xkb_keymap_unref> keymap{
        xkb_keymap_new_from_names(context.get(), nullptr, XKB_KEYMAP_COMPILE_NO_FLAGS)};
    if (keymap)
        wlr_keyboard_set_keymap(&device, keymap.get());
}

} // namespace

Keyboard::Keyboard(wlr_seat& seat, wlr_keyboard& device, KeyBindings& bindings,
                   InputMethodRelay& input_methods, std::function<void()> on_key,
                   std::function<void()> on_gone)
    : seat_{seat}
    , device_{device}
    , bindings_{bindings}
    , input_methods_{input_methods}
    , on_key_{std::move(on_key)} {
    if (wlr_input_device_get_virtual_keyboard(&device.base) == nullptr)
        set_default_keymap(device);
    wlr_keyboard_set_repeat_info(&device, RepeatsPerSecond, RepeatDelayInMs);
    key_.connect<wlr_keyboard_key_event>(device.events.key,
                                         [this](wlr_keyboard_key_event* event) { key(*event); });
    modifiers_.connect(device.events.modifiers, [this] { modifiers(); });
    destroy_.connect(device.base.events.destroy, std::move(on_gone));
}

std::vector<std::uint32_t> Keyboard::keys_for_clients() const {
    std::vector<std::uint32_t> result;
    std::ranges::copy_if(
        std::span{device_.keycodes, device_.num_keycodes}, std::back_inserter(result),
        [this](std::uint32_t key) { return !bound_.contains(key) && !taken_.contains(key); });
    return result;
}

void Keyboard::key(const wlr_keyboard_key_event& event) {
    on_key_();
    if (event.state == WL_KEYBOARD_KEY_STATE_PRESSED) {
        // Before the binding runs: it may move the focus and with it the pressed keys.
        bound_.insert(event.keycode);
        if (run_binding(event))
            return;
        bound_.erase(event.keycode);
    } else if (bound_.erase(event.keycode) != 0) {
        return;
    }
    if (send_to_input_method(event))
        return;
    wlr_seat_set_keyboard(&seat_, &device_);
    wlr_seat_keyboard_notify_key(&seat_, event.time_msec, event.keycode, event.state);
}

/// A release goes where the press went.
bool Keyboard::send_to_input_method(const wlr_keyboard_key_event& event) {
    wlr_input_method_keyboard_grab_v2* grab = input_methods_.grab_of(device_);
    if (event.state != WL_KEYBOARD_KEY_STATE_PRESSED) {
        if (taken_.erase(event.keycode) == 0)
            return false;
    } else if (grab != nullptr) {
        taken_.insert(event.keycode);
    }
    if (grab != nullptr) {
        wlr_input_method_keyboard_grab_v2_set_keyboard(grab, &device_);
        wlr_input_method_keyboard_grab_v2_send_key(grab, event.time_msec, event.keycode,
                                                   event.state);
    }
    return grab != nullptr || event.state != WL_KEYBOARD_KEY_STATE_PRESSED;
}

bool Keyboard::run_binding(const wlr_keyboard_key_event& event) {
    if (device_.xkb_state == nullptr)
        return false;
    const xkb_keysym_t* symbols = nullptr;
    const int n_symbols =
        xkb_state_key_get_syms(device_.xkb_state, event.keycode + XkbKeycodeOffset, &symbols);
    const std::uint32_t modifiers = wlr_keyboard_get_modifiers(&device_);
    return std::ranges::any_of(
        std::span{symbols, static_cast<std::size_t>(n_symbols)},
        [&](xkb_keysym_t symbol) { return bindings_.press(symbol, modifiers); });
}

void Keyboard::modifiers() {
    bindings_.hold(wlr_keyboard_get_modifiers(&device_));
    if (wlr_input_method_keyboard_grab_v2* grab = input_methods_.grab_of(device_)) {
        wlr_input_method_keyboard_grab_v2_set_keyboard(grab, &device_);
        wlr_input_method_keyboard_grab_v2_send_modifiers(grab, &device_.modifiers);
        return;
    }
    wlr_seat_set_keyboard(&seat_, &device_);
    wlr_seat_keyboard_notify_modifiers(&seat_, &device_.modifiers);
}

} // namespace tarmac::compositor
