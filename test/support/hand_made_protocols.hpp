#pragma once

#include <cstdint>
#include <wayland-client.h>

#include "ext-session-lock-v1-client-protocol.h"
#include "support/raw_client.hpp"

namespace test {

/// A zwlr_layer_surface_v1. The protocol's file is in no package, so what is needed of it is
/// written down by hand.
class LayerSurface {
public:
    LayerSurface(RawClient& client, wl_surface* surface);
    ~LayerSurface();
    LayerSurface(const LayerSurface&) = delete;
    LayerSurface& operator=(const LayerSurface&) = delete;
    void set_size(std::uint32_t width, std::uint32_t height);
    /// And acknowledged.
    bool is_configured = false;

private:
    wl_proxy* shell_;
    wl_proxy* object_;
};

/// A zwp_input_popup_surface_v2, made the same way.
class InputPopup {
public:
    InputPopup(RawClient& client, wl_surface* surface);
    ~InputPopup();
    InputPopup(const InputPopup&) = delete;
    InputPopup& operator=(const InputPopup&) = delete;

private:
    wl_seat* seat_;
    wl_proxy* manager_;
    wl_proxy* method_;
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

} // namespace test
