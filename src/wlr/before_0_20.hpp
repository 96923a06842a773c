#pragma once

// What wlroots 0.20 has and 0.19 lacks, for wlr.hpp, so that the rest asks neither for a version:
// no surface has said anything of its colours, and no client is offered to.

#include <cstddef>
#include <cstdint>
#include <wayland-protocols/color-representation-v1-enum.h>
#include <xf86drm.h>

/// What all is taken for.
inline constexpr auto WLR_COLOR_TRANSFER_FUNCTION_GAMMA22 = WLR_COLOR_TRANSFER_FUNCTION_SRGB;
enum wlr_color_encoding {
    WLR_COLOR_ENCODING_IDENTITY = 1 << 0,
    WLR_COLOR_ENCODING_BT709 = 1 << 2,
};
enum wlr_color_range { WLR_COLOR_RANGE_LIMITED = 1, WLR_COLOR_RANGE_FULL };

struct wlr_color_representation_v1_surface_state {
    wp_color_representation_surface_v1_alpha_mode alpha_mode;
    std::uint32_t coefficients, range, chroma_location;
};

inline const wlr_color_representation_v1_surface_state*
wlr_color_representation_v1_get_surface_state(wlr_surface*) {
    return nullptr;
}

struct wlr_color_representation_v1_coeffs_and_range {
    wp_color_representation_surface_v1_coefficients coeffs;
    wp_color_representation_surface_v1_range range;
};

struct wlr_color_representation_v1_options {
    const wp_color_representation_surface_v1_alpha_mode* supported_alpha_modes;
    std::size_t supported_alpha_modes_len;
    const wlr_color_representation_v1_coeffs_and_range* supported_coeffs_and_ranges;
    std::size_t supported_coeffs_and_ranges_len;
};

inline void wlr_color_representation_manager_v1_create(wl_display*, std::uint32_t,
                                                       const wlr_color_representation_v1_options*) {
}

inline bool wlr_drm_syncobj_timeline_signal(wlr_drm_syncobj_timeline* timeline,
                                            std::uint64_t point) {
    return drmSyncobjTimelineSignal(timeline->drm_fd, &timeline->handle, &point, 1) == 0;
}
