#pragma once

#include <wayland-client.h>

#include "single-pixel-buffer-v1-client-protocol.h"
#include "support/picture.hpp"
#include "support/raw_client.hpp"

namespace test {

/// A buffer of one pixel, for a viewport to scale.
inline wl_buffer* make_color(RawClient& client, const Pixel& color) {
    auto* manager = static_cast<wp_single_pixel_buffer_manager_v1*>(
        client.bind_global(&wp_single_pixel_buffer_manager_v1_interface, 1));
    constexpr std::uint32_t Scale = UINT32_MAX / 255;
    return wp_single_pixel_buffer_manager_v1_create_u32_rgba_buffer(
        manager, Scale * color.red, Scale * color.green, Scale * color.blue, UINT32_MAX);
}

} // namespace test
