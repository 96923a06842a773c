#include "compositor/seat/input_method_relay.hpp"

#include "compositor/output/outputs.hpp"
#include "compositor/scene.hpp"
#include "compositor/window/surface_bounds.hpp"
#include "compositor/window/windows.hpp"

#include <cstring>

namespace tarmac::compositor {
namespace {

/// In bytes; the protocols have it so. Clients may be unable to receive more.
constexpr std::size_t LongestText = 4000;

/// With each wlr_text_input_v3.
wl_signal& new_text_input_of(wlr_text_input_manager_v3& manager) {
#if TARMAC_WLROOTS_SINCE(20)
    return manager.events.new_text_input;
#else
    return manager.events.text_input;
#endif
}

bool can_be_sent(const char* text) {
    return text != nullptr && std::strlen(text) <= LongestText;
}

} // namespace

InputMethodRelay::InputMethodRelay(wl_display* display, wlr_seat& seat, Scene& scene,
                                   Windows& windows)
    : seat_{seat}
    , scene_{scene}
    , windows_{windows}
    , state_{wl_display_get_event_loop(display), [this] { send_state(); }} {
    new_text_input_.connect<wlr_text_input_v3>(
        new_text_input_of(*wlr_text_input_manager_v3_create(display)),
        [this](wlr_text_input_v3* object) { add(*object); });
    new_input_method_.connect<wlr_input_method_v2>(
        new_input_method_of(*wlr_input_method_manager_v2_create(display)),
        [this](wlr_input_method_v2* object) { add(*object); });
    focus_change_.connect(seat.keyboard_state.events.focus_change, [this] { follow_focus(); });
}

void InputMethodRelay::add(wlr_text_input_v3& object) {
    TextInput& input = inputs_.emplace_back(object);
    for (auto [listener, signal] : {std::pair{&input.enable, &object.events.enable},
                                    {&input.commit, &object.events.commit},
                                    {&input.disable, &object.events.disable}})
        listener->connect(*signal, [this, &input] { committed(input); });
    input.destroy.connect(object.events.destroy, [this, &object] { remove(object); });
    follow_focus();
}

void InputMethodRelay::remove(wlr_text_input_v3& object) {
    if (active_ != nullptr && &active_->object == &object)
        activate(nullptr);
    inputs_.remove_if([&](const TextInput& other) { return &other.object == &object; });
}

void InputMethodRelay::add(wlr_input_method_v2& object) {
    if (method_) {
        wlr_input_method_v2_send_unavailable(&object);
        return;
    }
    method_.emplace(object);
    method_->commit.connect(object.events.commit, [this] { hand_back(); });
    method_->new_popup.connect<wlr_input_popup_surface_v2>(
        object.events.new_popup_surface,
        [this](wlr_input_popup_surface_v2* popup) { add(*popup); });
    method_->grab.connect<wlr_input_method_keyboard_grab_v2>(
        object.events.grab_keyboard,
        [this](wlr_input_method_keyboard_grab_v2* grab) { begin_grab(*grab); });
    method_->destroy.connect(object.events.destroy, [this] {
        active_ = nullptr;
        method_.reset();
        follow_focus();
    });
    follow_focus();
}

void InputMethodRelay::add(wlr_input_popup_surface_v2& popup) {
    auto& popups = method_->popups;
    auto gone = [&popups, &popup] {
        popups.remove_if([&](const InputPopup& other) { return other.is(popup); });
    };
    popups.emplace_back(popup, scene_.popups(), [this] { place_popups(); }, std::move(gone));
    place_popups();
}

void InputMethodRelay::begin_grab(wlr_input_method_keyboard_grab_v2& grab) {
    wlr_keyboard* current = wlr_seat_get_keyboard(&seat_);
    // Its own would send it the keymaps that it sets, for ever.
    if (current != nullptr && grab_of(*current) == nullptr)
        current = nullptr;
    wlr_input_method_keyboard_grab_v2_set_keyboard(&grab, current);
    method_->grab_end.connect(grab.events.destroy, [this] {
        method_->grab_end.disconnect();
        // The client with the focus wasn't told of them meanwhile.
        if (wlr_keyboard* keyboard = wlr_seat_get_keyboard(&seat_))
            wlr_seat_keyboard_notify_modifiers(&seat_, &keyboard->modifiers);
    });
}

wlr_input_method_keyboard_grab_v2* InputMethodRelay::grab_of(wlr_keyboard& device) const {
    wlr_input_method_keyboard_grab_v2* grab = method_ ? method_->object.keyboard_grab : nullptr;
    const wlr_virtual_keyboard_v1* virtual_keyboard =
        wlr_input_device_get_virtual_keyboard(&device.base);
    // What the input method types is meant for the others.
    const bool is_own = grab != nullptr && virtual_keyboard != nullptr &&
                        wl_resource_get_client(virtual_keyboard->resource) ==
                            wl_resource_get_client(grab->resource);
    return is_own ? nullptr : grab;
}

void InputMethodRelay::follow_focus() {
    wlr_surface* focus = method_ ? seat_.keyboard_state.focused_surface : nullptr;
    for (TextInput& input : inputs_) {
        const bool is_meant = focus != nullptr && wl_resource_get_client(focus->resource) ==
                                                      wl_resource_get_client(input.object.resource);
        wlr_surface* meant = is_meant ? focus : nullptr;
        if (meant != nullptr && input.object.focused_surface == meant)
            continue;
        input.is_enabled = false;
        if (active_ == &input)
            activate(nullptr);
        if (input.object.focused_surface != nullptr)
            wlr_text_input_v3_send_leave(&input.object);
        if (meant != nullptr)
            wlr_text_input_v3_send_enter(&input.object, meant);
    }
}

void InputMethodRelay::committed(TextInput& input) {
    const bool was_enabled = input.is_enabled;
    input.is_enabled = input.object.current_enabled && input.object.focused_surface != nullptr;
    if (input.is_enabled && !was_enabled)
        activate(&input);
    else if (active_ == &input && input.is_enabled)
        state_.request();
    else if (active_ == &input)
        activate(nullptr);
}

void InputMethodRelay::activate(TextInput* input) {
    if (active_ != nullptr) {
        wlr_input_method_v2_send_deactivate(&method_->object);
        wlr_input_method_v2_send_done(&method_->object);
    }
    active_ = input;
    if (active_ != nullptr) {
        wlr_input_method_v2_send_activate(&method_->object);
        state_.request();
    }
}

void InputMethodRelay::send_state() {
    if (active_ == nullptr)
        return;
    wlr_input_method_v2* method = &method_->object;
    const wlr_text_input_v3_state& state = active_->object.current;
    if ((state.features & WLR_TEXT_INPUT_V3_FEATURE_SURROUNDING_TEXT) != 0 &&
        can_be_sent(state.surrounding.text)) {
        const auto length = static_cast<std::uint32_t>(std::strlen(state.surrounding.text));
        wlr_input_method_v2_send_surrounding_text(method, state.surrounding.text,
                                                  std::min(state.surrounding.cursor, length),
                                                  std::min(state.surrounding.anchor, length));
    }
    wlr_input_method_v2_send_text_change_cause(method, state.text_change_cause);
    if ((state.features & WLR_TEXT_INPUT_V3_FEATURE_CONTENT_TYPE) != 0)
        wlr_input_method_v2_send_content_type(method, state.content_type.hint,
                                              state.content_type.purpose);
    wlr_input_method_v2_send_done(method);
    place_popups();
}

void InputMethodRelay::hand_back() {
    if (active_ == nullptr)
        return;
    wlr_text_input_v3* input = &active_->object;
    const wlr_input_method_v2_state& state = method_->object.current;
    if (can_be_sent(state.preedit.text)) {
        const auto length = static_cast<std::int32_t>(std::strlen(state.preedit.text));
        wlr_text_input_v3_send_preedit_string(input, state.preedit.text,
                                              std::clamp(state.preedit.cursor_begin, -1, length),
                                              std::clamp(state.preedit.cursor_end, -1, length));
    }
    if (can_be_sent(state.commit_text))
        wlr_text_input_v3_send_commit_string(input, state.commit_text);
    const auto& removal = state.delete_;
    if (removal.before_length != 0 || removal.after_length != 0)
        wlr_text_input_v3_send_delete_surrounding_text(input, removal.before_length,
                                                       removal.after_length);
    wlr_text_input_v3_send_done(input);
}

void InputMethodRelay::place_popups() {
    const auto origin =
        active_ == nullptr ? std::nullopt : windows_.origin_of(active_->object.focused_surface);
    if (!origin)
        return;
    wlr_box cursor = bounded(active_->object.current.cursor_rectangle);
    cursor.x += origin->x;
    cursor.y += origin->y;
    for (InputPopup& popup : method_->popups)
        popup.show_at(cursor, windows_.outputs().box(origin->output));
}

} // namespace tarmac::compositor
