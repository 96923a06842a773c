#pragma once

#include <catch2/catch_test_macros.hpp>
#include <vector>
#include <wayland-client.h>

#include "color-representation-v1-client-protocol.h"
#include "support/raw_client.hpp"
#include "wlr/version.hpp"

namespace test {

inline void need_named_colors() {
    if (!tarmac::WlrootsNamesColors)
        SKIP("wlroots before 0.20 has no color representation");
}

/// A surface's wp_color_representation_surface_v1. Skips where wlroots has none.
class ColorSurface {
public:
    ColorSurface(RawClient& client, wl_surface* surface)
        : client_{(need_named_colors(), client)}
        , manager_{static_cast<wp_color_representation_manager_v1*>(
              client.bind_global(&wp_color_representation_manager_v1_interface, 1))}
        , object_{wp_color_representation_manager_v1_get_surface(manager_, surface)} {
        static constexpr wp_color_representation_manager_v1_listener events = {
            .supported_alpha_mode =
                [](void* self, wp_color_representation_manager_v1*, std::uint32_t mode) {
                    static_cast<ColorSurface*>(self)->alpha_modes_.push_back(mode);
                },
            .supported_coefficients_and_ranges = [](void*, wp_color_representation_manager_v1*,
                                                    std::uint32_t, std::uint32_t) {},
            .done =
                [](void* self, wp_color_representation_manager_v1*) {
                    static_cast<ColorSurface*>(self)->knows_modes_ = true;
                },
        };
        wp_color_representation_manager_v1_add_listener(manager_, &events, this);
    }
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

    /// What the compositor takes.
    const std::vector<std::uint32_t>& alpha_modes() {
        client_.wait_for(knows_modes_);
        return alpha_modes_;
    }

private:
    RawClient& client_;
    std::vector<std::uint32_t> alpha_modes_;
    bool knows_modes_ = false;
    wp_color_representation_manager_v1* manager_;
    wp_color_representation_surface_v1* object_;
};

} // namespace test
