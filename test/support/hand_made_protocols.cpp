#include "support/hand_made_protocols.hpp"

#include <linux/input-event-codes.h>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "xdg-shell-client-protocol.h"

namespace test {

namespace {

const wl_interface* no_types[5] = {};

/// Requests in the order of the protocol; events likewise.
namespace layer {

enum SurfaceRequest {
    SetSize,
    SetAnchor,
    SetExclusiveZone,
    SetMargin,
    SetKeyboardInteractivity,
    GetPopup,
    AckConfigure,
    Destroy,
    SetLayer,
};

const wl_interface* get_popup_types[] = {&xdg_popup_interface};
const wl_message surface_requests[] = {
    {"set_size", "uu", no_types},
    {"set_anchor", "u", no_types},
    {"set_exclusive_zone", "i", no_types},
    {"set_margin", "iiii", no_types},
    {"set_keyboard_interactivity", "u", no_types},
    {"get_popup", "o", get_popup_types},
    {"ack_configure", "u", no_types},
    {"destroy", "", no_types},
    {"set_layer", "2u", no_types},
};
const wl_message surface_events[] = {
    {"configure", "uuu", no_types},
    {"closed", "", no_types},
};
constexpr int Version = 4;
const wl_interface surface_interface = {"zwlr_layer_surface_v1", Version, 9,
                                        surface_requests,        2,       surface_events};

const wl_interface* get_layer_surface_types[] = {&surface_interface, &wl_surface_interface,
                                                 &wl_output_interface, nullptr, nullptr};
const wl_message shell_requests[] = {{"get_layer_surface", "no?ous", get_layer_surface_types}};
const wl_interface shell_interface = {"zwlr_layer_shell_v1", Version, 1,
                                      shell_requests,        0,       nullptr};

} // namespace layer

namespace input {

const wl_message popup_requests[] = {{"destroy", "", no_types}};
const wl_message popup_events[] = {{"text_input_rectangle", "iiii", no_types}};
const wl_interface popup_interface = {
    "zwp_input_popup_surface_v2", 1, 1, popup_requests, 1, popup_events};

const wl_message grab_requests[] = {{"release", "", no_types}};
const wl_message grab_events[] = {
    {"keymap", "uhu", no_types},
    {"key", "uuuu", no_types},
    {"modifiers", "uuuuu", no_types},
    {"repeat_info", "ii", no_types},
};
const wl_interface grab_interface = {
    "zwp_input_method_keyboard_grab_v2", 1, 1, grab_requests, 4, grab_events};
const wl_interface* grab_types[] = {&grab_interface};

enum MethodRequest {
    CommitString,
    SetPreedit,
    DeleteText,
    Commit,
    GetPopup,
    GrabKeyboard,
    Destroy
};

const wl_interface* get_popup_types[] = {&popup_interface, &wl_surface_interface};
const wl_message method_requests[] = {
    {"commit_string", "s", no_types},
    {"set_preedit_string", "sii", no_types},
    {"delete_surrounding_text", "uu", no_types},
    {"commit", "u", no_types},
    {"get_input_popup_surface", "no", get_popup_types},
    {"grab_keyboard", "n", grab_types},
    {"destroy", "", no_types},
};
const wl_message method_events[] = {
    {"activate", "", no_types},
    {"deactivate", "", no_types},
    {"surrounding_text", "suu", no_types},
    {"text_change_cause", "u", no_types},
    {"content_type", "uu", no_types},
    {"done", "", no_types},
    {"unavailable", "", no_types},
};
const wl_interface method_interface = {"zwp_input_method_v2", 1, 7,
                                       method_requests,       7, method_events};

const wl_interface* get_method_types[] = {&wl_seat_interface, &method_interface};
const wl_message manager_requests[] = {{"get_input_method", "on", get_method_types},
                                       {"destroy", "", no_types}};
const wl_interface manager_interface = {
    "zwp_input_method_manager_v2", 1, 2, manager_requests, 0, nullptr};

} // namespace input

namespace pointer {

enum Request { Motion = 0, MotionAbsolute = 1, Button = 2, Frame = 4, Destroy = 8 };

const wl_message pointer_requests[] = {
    {"motion", "uff", no_types},   {"motion_absolute", "uuuuu", no_types},
    {"button", "uuu", no_types},   {"axis", "uuf", no_types},
    {"frame", "", no_types},       {"axis_source", "u", no_types},
    {"axis_stop", "uu", no_types}, {"axis_discrete", "uufi", no_types},
    {"destroy", "", no_types},
};
const wl_interface pointer_interface = {"zwlr_virtual_pointer_v1", 1, 9,
                                        pointer_requests,          0, nullptr};

const wl_interface* create_types[] = {&wl_seat_interface, &pointer_interface};
const wl_message manager_requests[] = {{"create_virtual_pointer", "?on", create_types},
                                       {"destroy", "", no_types}};
const wl_interface manager_interface = {
    "zwlr_virtual_pointer_manager_v1", 1, 2, manager_requests, 0, nullptr};

} // namespace pointer

namespace keyboard {

enum Request { Keymap, Key, Modifiers, Destroy };

const wl_message keyboard_requests[] = {
    {"keymap", "uhu", no_types},
    {"key", "uuu", no_types},
    {"modifiers", "uuuu", no_types},
    {"destroy", "", no_types},
};
const wl_interface keyboard_interface = {"zwp_virtual_keyboard_v1", 1, 4,
                                         keyboard_requests,         0, nullptr};

const wl_interface* create_types[] = {&wl_seat_interface, &keyboard_interface};
const wl_message manager_requests[] = {{"create_virtual_keyboard", "on", create_types}};
const wl_interface manager_interface = {
    "zwp_virtual_keyboard_manager_v1", 1, 1, manager_requests, 0, nullptr};

/// One key.
constexpr std::string_view A = R"(xkb_keymap {
    xkb_keycodes { <A> = 38; };
    xkb_types { type "ONE_LEVEL" { modifiers = none; level_name[Level1] = "Any"; }; };
    xkb_compat {};
    xkb_symbols { key <A> { [ a ] }; };
};)";

} // namespace keyboard

using Handler = void (*)();

} // namespace

LayerSurface::LayerSurface(RawClient& client, wl_surface* surface, std::uint32_t layer,
                           wl_output* output)
    : shell_{static_cast<wl_proxy*>(client.bind_global(&layer::shell_interface, layer::Version))}
    , object_{wl_proxy_marshal_flags(shell_, 0, &layer::surface_interface, layer::Version, 0,
                                     nullptr, surface, output, layer, "test")} {
    struct Events {
        void (*configure)(void*, wl_proxy*, std::uint32_t, std::uint32_t, std::uint32_t);
        void (*closed)(void*, wl_proxy*);
    };
    static Events events = {
        .configure =
            [](void* data, wl_proxy* object, std::uint32_t serial, std::uint32_t width,
               std::uint32_t height) {
                wl_proxy_marshal_flags(object, layer::AckConfigure, nullptr, layer::Version, 0,
                                       serial);
                auto* self = static_cast<LayerSurface*>(data);
                self->is_configured = true;
                ++self->n_configures;
                self->width = width;
                self->height = height;
            },
        .closed = [](void* data, wl_proxy*) { static_cast<LayerSurface*>(data)->is_closed = true; },
    };
    wl_proxy_add_listener(object_, reinterpret_cast<Handler*>(&events), this);
}

LayerSurface::~LayerSurface() {
    wl_proxy_marshal_flags(object_, layer::Destroy, nullptr, layer::Version,
                           WL_MARSHAL_FLAG_DESTROY);
    wl_proxy_destroy(shell_);
}

void LayerSurface::set_size(std::uint32_t width, std::uint32_t height) {
    wl_proxy_marshal_flags(object_, layer::SetSize, nullptr, layer::Version, 0, width, height);
}

void LayerSurface::set_anchor(std::uint32_t edges) {
    wl_proxy_marshal_flags(object_, layer::SetAnchor, nullptr, layer::Version, 0, edges);
}

void LayerSurface::set_exclusive_zone(std::int32_t zone) {
    wl_proxy_marshal_flags(object_, layer::SetExclusiveZone, nullptr, layer::Version, 0, zone);
}

void LayerSurface::set_margin(std::int32_t top, std::int32_t right, std::int32_t bottom,
                              std::int32_t left) {
    wl_proxy_marshal_flags(object_, layer::SetMargin, nullptr, layer::Version, 0, top, right,
                           bottom, left);
}

void LayerSurface::set_keyboard(std::uint32_t interactivity) {
    wl_proxy_marshal_flags(object_, layer::SetKeyboardInteractivity, nullptr, layer::Version, 0,
                           interactivity);
}

void LayerSurface::set_layer(std::uint32_t layer) {
    wl_proxy_marshal_flags(object_, layer::SetLayer, nullptr, layer::Version, 0, layer);
}

void LayerSurface::add_popup(xdg_popup* popup) {
    wl_proxy_marshal_flags(object_, layer::GetPopup, nullptr, layer::Version, 0, popup);
}

InputMethod::InputMethod(RawClient& client)
    : seat_{static_cast<wl_seat*>(client.bind_global(&wl_seat_interface, 1))}
    , manager_{static_cast<wl_proxy*>(client.bind_global(&input::manager_interface, 1))}
    , object_{wl_proxy_marshal_flags(manager_, 0, &input::method_interface, 1, 0, seat_, nullptr)} {
    struct Events {
        void (*activate)(void*, wl_proxy*);
        void (*deactivate)(void*, wl_proxy*);
        void (*surrounding_text)(void*, wl_proxy*, const char*, std::uint32_t, std::uint32_t);
        void (*text_change_cause)(void*, wl_proxy*, std::uint32_t);
        void (*content_type)(void*, wl_proxy*, std::uint32_t, std::uint32_t);
        void (*done)(void*, wl_proxy*);
        void (*unavailable)(void*, wl_proxy*);
    };
    static Events events = {
        .activate = [](void* data, wl_proxy*) { of(data).is_active = true; },
        .deactivate = [](void* data, wl_proxy*) { of(data).is_active = false; },
        .surrounding_text =
            [](void* data, wl_proxy*, const char* text, std::uint32_t cursor, std::uint32_t) {
                of(data).surrounding = text;
                of(data).cursor = cursor;
            },
        .text_change_cause = [](void*, wl_proxy*, std::uint32_t) {},
        .content_type = [](void* data, wl_proxy*, std::uint32_t,
                           std::uint32_t purpose) { of(data).purpose = purpose; },
        .done = [](void* data, wl_proxy*) { ++of(data).n_done; },
        .unavailable = [](void* data, wl_proxy*) { of(data).is_unavailable = true; },
    };
    wl_proxy_add_listener(object_, reinterpret_cast<Handler*>(&events), this);
}

InputMethod::~InputMethod() {
    wl_proxy_marshal_flags(object_, input::Destroy, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
    wl_proxy_marshal_flags(manager_, 1, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
    wl_seat_destroy(seat_);
}

void InputMethod::set_preedit(const char* text, std::int32_t begin, std::int32_t end) {
    wl_proxy_marshal_flags(object_, input::SetPreedit, nullptr, 1, 0, text, begin, end);
}

void InputMethod::commit_string(const char* text) {
    wl_proxy_marshal_flags(object_, input::CommitString, nullptr, 1, 0, text);
}

void InputMethod::delete_text(std::uint32_t before, std::uint32_t after) {
    wl_proxy_marshal_flags(object_, input::DeleteText, nullptr, 1, 0, before, after);
}

void InputMethod::commit() {
    wl_proxy_marshal_flags(object_, input::Commit, nullptr, 1, 0, n_done);
}

void InputMethod::grab_keyboard() {
    grab_ =
        wl_proxy_marshal_flags(object_, input::GrabKeyboard, &input::grab_interface, 1, 0, nullptr);
    struct Events {
        void (*keymap)(void*, wl_proxy*, std::uint32_t, std::int32_t, std::uint32_t);
        void (*key)(void*, wl_proxy*, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t);
        void (*modifiers)(void*, wl_proxy*, std::uint32_t, std::uint32_t, std::uint32_t,
                          std::uint32_t, std::uint32_t);
        void (*repeat_info)(void*, wl_proxy*, std::int32_t, std::int32_t);
    };
    static Events events = {
        .keymap = [](void*, wl_proxy*, std::uint32_t, std::int32_t fd,
                     std::uint32_t) { close(fd); },
        .key = [](void* data, wl_proxy*, std::uint32_t, std::uint32_t, std::uint32_t,
                  std::uint32_t) { ++of(data).n_keys; },
        .modifiers = [](void*, wl_proxy*, std::uint32_t, std::uint32_t, std::uint32_t,
                        std::uint32_t, std::uint32_t) {},
        .repeat_info = [](void*, wl_proxy*, std::int32_t, std::int32_t) {},
    };
    wl_proxy_add_listener(grab_, reinterpret_cast<Handler*>(&events), this);
}

void InputMethod::release_keyboard() {
    wl_proxy_marshal_flags(grab_, 0, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
}

InputPopup::InputPopup(InputMethod& method, wl_surface* surface)
    : object_{wl_proxy_marshal_flags(method.get(), input::GetPopup, &input::popup_interface, 1, 0,
                                     nullptr, surface)} {}

InputPopup::~InputPopup() {
    wl_proxy_marshal_flags(object_, 0, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
}

VirtualPointer::VirtualPointer(RawClient& client)
    : manager_{static_cast<wl_proxy*>(client.bind_global(&pointer::manager_interface, 1))}
    , object_{wl_proxy_marshal_flags(manager_, 0, &pointer::pointer_interface, 1, 0, nullptr,
                                     nullptr)} {}

VirtualPointer::~VirtualPointer() {
    wl_proxy_marshal_flags(object_, pointer::Destroy, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
    wl_proxy_marshal_flags(manager_, 1, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
}

void VirtualPointer::move_to(std::uint32_t x, std::uint32_t y, std::uint32_t width,
                             std::uint32_t height) {
    wl_proxy_marshal_flags(object_, pointer::MotionAbsolute, nullptr, 1, 0, 0u, x, y, width,
                           height);
    wl_proxy_marshal_flags(object_, pointer::Frame, nullptr, 1, 0);
}

void VirtualPointer::press(std::uint32_t button, bool is_down) {
    wl_proxy_marshal_flags(object_, pointer::Button, nullptr, 1, 0, 0u, button, is_down ? 1u : 0u);
    wl_proxy_marshal_flags(object_, pointer::Frame, nullptr, 1, 0);
}

VirtualKeyboard::VirtualKeyboard(RawClient& client)
    : seat_{static_cast<wl_seat*>(client.bind_global(&wl_seat_interface, 1))}
    , manager_{static_cast<wl_proxy*>(client.bind_global(&keyboard::manager_interface, 1))}
    , object_{wl_proxy_marshal_flags(manager_, 0, &keyboard::keyboard_interface, 1, 0, seat_,
                                     nullptr)} {
    const tarmac::Fd keymap{memfd_create("keymap", MFD_CLOEXEC)};
    // With the zero at its end.
    const std::string text{keyboard::A};
    if (write(keymap.get(), text.c_str(), text.size() + 1) < 0)
        throw std::runtime_error{"there is no room for a keymap"};
    wl_proxy_marshal_flags(object_, keyboard::Keymap, nullptr, 1, 0,
                           static_cast<std::uint32_t>(WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1),
                           keymap.get(), static_cast<std::uint32_t>(text.size() + 1));
}

VirtualKeyboard::~VirtualKeyboard() {
    wl_proxy_marshal_flags(object_, keyboard::Destroy, nullptr, 1, WL_MARSHAL_FLAG_DESTROY);
    wl_proxy_destroy(manager_);
    wl_seat_destroy(seat_);
}

void VirtualKeyboard::press(bool is_down) {
    wl_proxy_marshal_flags(object_, keyboard::Key, nullptr, 1, 0, 0u,
                           static_cast<std::uint32_t>(KEY_A), is_down ? 1u : 0u);
}

} // namespace test
