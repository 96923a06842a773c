#pragma once

#include "wlr/wlr.hpp"

namespace test {

/// Has a renderer take YUV as the client said that `surface` does, as wlr_scene would.
inline void name_colors([[maybe_unused]] wlr_render_texture_options& options,
                        [[maybe_unused]] wlr_surface* surface) {
#if TARMAC_WLROOTS_SINCE(20)
    const auto* colors = wlr_color_representation_v1_get_surface_state(surface);
    if (colors && colors->coefficients != 0)
        options.color_encoding = wlr_color_representation_v1_color_encoding_to_wlr(
            static_cast<wp_color_representation_surface_v1_coefficients>(colors->coefficients));
    if (colors && colors->range != 0)
        options.color_range = wlr_color_representation_v1_color_range_to_wlr(
            static_cast<wp_color_representation_surface_v1_range>(colors->range));
#endif
}

} // namespace test
