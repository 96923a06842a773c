#pragma once

#include <cstdint>
#include <wayland-client.h>

#include "ext-session-lock-v1-client-protocol.h"
#include "support/raw_client.hpp"

struct xdg_popup;

namespace test {

/// A zwlr_layer_surface_v1. The protocol's file is in no package, so what is needed of it is
/// written down by hand.
class LayerSurface {
public:
    enum Layer { Background, Bottom, Top, Overlay };
    enum Anchor { AtTop = 1, AtBottom = 2, AtLeft = 4, AtRight = 8 };
    enum Keyboard { None, Exclusive, OnDemand };

    /// On `output`, or where the compositor likes.
    LayerSurface(RawClient& client, wl_surface* surface, std::uint32_t layer = Top,
                 wl_output* output = nullptr);
    ~LayerSurface();
    LayerSurface(const LayerSurface&) = delete;
    LayerSurface& operator=(const LayerSurface&) = delete;

    void set_size(std::uint32_t width, std::uint32_t height);
    void set_anchor(std::uint32_t edges);
    void set_exclusive_zone(std::int32_t zone);
    void set_margin(std::int32_t top, std::int32_t right, std::int32_t bottom, std::int32_t left);
    void set_keyboard(std::uint32_t interactivity);
    void set_layer(std::uint32_t layer);
    /// One that was made without a parent.
    void add_popup(xdg_popup* popup);

    /// And acknowledged.
    bool is_configured = false;
    std::uint32_t width = 0, height = 0; ///< of the last configure
    unsigned n_configures = 0;
    bool is_closed = false;

private:
    wl_proxy* shell_;
    wl_proxy* object_;
};

/// A zwp_input_method_v2, made the same way, and what it hears.
class InputMethod {
public:
    explicit InputMethod(RawClient& client);
    ~InputMethod();
    InputMethod(const InputMethod&) = delete;
    InputMethod& operator=(const InputMethod&) = delete;

    wl_proxy* get() const { return object_; }
    // For the next commit().
    void set_preedit(const char* text, std::int32_t begin, std::int32_t end);
    void commit_string(const char* text);
    void delete_text(std::uint32_t before, std::uint32_t after);
    /// In answer to the last that it was told.
    void commit();
    void grab_keyboard();
    void release_keyboard();

    bool is_active = false, is_unavailable = false;
    std::string surrounding;
    std::uint32_t cursor = 0, purpose = 0;
    unsigned n_done = 0;
    unsigned n_keys = 0; ///< presses and releases that were grabbed

private:
    static InputMethod& of(void* data) { return *static_cast<InputMethod*>(data); }

    wl_seat* seat_;
    wl_proxy* manager_;
    wl_proxy* object_;
    wl_proxy* grab_ = nullptr;
};

/// A zwp_input_popup_surface_v2, made the same way.
class InputPopup {
public:
    InputPopup(InputMethod& method, wl_surface* surface);
    ~InputPopup();
    InputPopup(const InputPopup&) = delete;
    InputPopup& operator=(const InputPopup&) = delete;

private:
    wl_proxy* object_;
};

/// A zwlr_virtual_pointer_v1, made the same way.
class VirtualPointer {
public:
    explicit VirtualPointer(RawClient& client);
    ~VirtualPointer();
    VirtualPointer(const VirtualPointer&) = delete;
    VirtualPointer& operator=(const VirtualPointer&) = delete;

    /// To a point of a desktop of that size.
    void move_to(std::uint32_t x, std::uint32_t y, std::uint32_t width, std::uint32_t height);
    /// A button, by its evdev code.
    void press(std::uint32_t button, bool is_down = true);

private:
    wl_proxy* manager_;
    wl_proxy* object_;
};

/// A zwp_virtual_keyboard_v1, made the same way, with one key: A.
class VirtualKeyboard {
public:
    explicit VirtualKeyboard(RawClient& client);
    ~VirtualKeyboard();
    VirtualKeyboard(const VirtualKeyboard&) = delete;
    VirtualKeyboard& operator=(const VirtualKeyboard&) = delete;

    void press(bool is_down = true);

private:
    wl_seat* seat_;
    wl_proxy* manager_;
    wl_proxy* object_;
};

} // namespace test
