#pragma once

#include <wayland-client.h>

#include "color-representation-v1-client-protocol.h"
#include "support/raw_client.hpp"

namespace test {

/// A surface's wp_color_representation_surface_v1.
class ColorSurface {
public:
    ColorSurface(RawClient& client, wl_surface* surface)
        : manager_{static_cast<wp_color_representation_manager_v1*>(
              client.bind_global(&wp_color_representation_manager_v1_interface, 1))}
        , object_{wp_color_representation_manager_v1_get_surface(manager_, surface)} {}
    ~ColorSurface() {
        wp_color_representation_surface_v1_destroy(object_);
        wp_color_representation_manager_v1_destroy(manager_);
    }
    ColorSurface(const ColorSurface&) = delete;
    ColorSurface& operator=(const ColorSurface&) = delete;

    /// For the next commit.
    void set_coefficients(std::uint32_t coefficients, std::uint32_t range) {
        wp_color_representation_surface_v1_set_coefficients_and_range(object_, coefficients, range);
    }
    void set_straight(bool is_straight) {
        wp_color_representation_surface_v1_set_alpha_mode(
            object_, is_straight
                         ? WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_STRAIGHT
                         : WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_PREMULTIPLIED_ELECTRICAL);
    }

private:
    wp_color_representation_manager_v1* manager_;
    wp_color_representation_surface_v1* object_;
};

} // namespace test
