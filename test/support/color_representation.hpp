#pragma once

#include <span>

#include "wlr/wlr.hpp"

namespace test {

inline constexpr wlr_color_representation_v1_coeffs_and_range AllColors[] = {
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
};
/// Those of YUV
inline constexpr std::span YuvColors = std::span{AllColors}.first<4>();

/// Offers clients wp_color_representation_v1, with straight and premultiplied alpha and
/// `colors`.
inline void
create_color_representation(wl_display* display,
                            std::span<const wlr_color_representation_v1_coeffs_and_range> colors) {
    static constexpr wp_color_representation_surface_v1_alpha_mode modes[] = {
        WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_PREMULTIPLIED_ELECTRICAL,
        WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_STRAIGHT};
    const wlr_color_representation_v1_options options = {
        .supported_alpha_modes = modes,
        .supported_alpha_modes_len = std::size(modes),
        .supported_coeffs_and_ranges = colors.data(),
        .supported_coeffs_and_ranges_len = colors.size(),
    };
    wlr_color_representation_manager_v1_create(display, 1, &options);
}

} // namespace test
