#include "surface/surface_colors.hpp"

#include <algorithm>

#include "wlr/surface_object.hpp"
#include "wlr/synced_state.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

using Matrix = ColorState::Matrix;
using Range = ColorState::Range;

struct Coefficients {
    std::uint32_t number;
    Matrix matrix;
};
constexpr Coefficients all_coefficients[] = {
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY, Matrix::Identity},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601, Matrix::Bt601},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709, Matrix::Bt709},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT2020, Matrix::Bt2020},
};

using State = wlr_color_representation_v1_surface_state;

/// nullptr without an object of the client's.
State* state_in(const wlr_surface& surface, const wlr_surface_state& state) {
    const State* current =
        wlr_color_representation_v1_get_surface_state(const_cast<wlr_surface*>(&surface));
    return current ? synced_state_in(surface, state, current) : nullptr;
}

} // namespace

Colors colors_in(const wlr_surface& surface, const wlr_surface_state& state, const Dmabuf& image) {
    Colors colors = Colors::of(image);
    const State* told = state_in(surface, state);
    if (!told)
        return colors;
    if (told->alpha_mode == WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_STRAIGHT)
        colors.is_premultiplied = false;
    const auto known =
        std::ranges::find(all_coefficients, told->coefficients, &Coefficients::number);
    if (image.format().model == ColorModel::Yuv && known != std::end(all_coefficients)) {
        colors.state.matrix = known->matrix;
        colors.state.range = told->range == WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL
                                 ? Range::Full
                                 : Range::Limited;
    }
    return colors;
}

bool reject_encoding(wlr_surface& surface, const wlr_surface_state& pending,
                     const PixelFormat& format) {
    const State* told = state_in(surface, pending);
    if (!told || (told->coefficients == 0 && told->range == 0))
        return false;
    const bool is_rgb =
        told->coefficients == WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY &&
        told->range == WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL;
    if (is_rgb == (format.model != ColorModel::Yuv))
        return false;
    wlr_surface_reject_pending(
        &surface,
        find_surface_object(wl_resource_get_client(surface.resource),
                            "wp_color_representation_surface_v1",
                            wlr_color_representation_v1_get_surface_state(&surface)),
        WP_COLOR_REPRESENTATION_SURFACE_V1_ERROR_PIXEL_FORMAT,
        is_rgb ? "%s is YUV, which isn't encoded as the identity in full range"
               : "%s is RGB, which has no encoding but the identity in full range",
        fourcc_name(format.fourcc).c_str());
    return true;
}

void set_encoding(wlr_surface& surface, const ColorState& color) {
    State* state = state_in(surface, surface.current);
    if (!state)
        return;
    state->coefficients = state->range = 0;
    // The renderers of 0.20.2 take no identity for YUV, and Vulkan's ends the process over it.
    if (is_usual_yuv(color) || color.matrix == Matrix::Identity)
        return;
    state->coefficients =
        std::ranges::find(all_coefficients, color.matrix, &Coefficients::matrix)->number;
    state->range = color.range == Range::Full ? WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL
                                              : WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED;
}

bool can_rename_colors(wlr_surface& surface) {
    if (wlr_color_representation_v1_get_surface_state(&surface))
        return true;
    bool has_manager = false;
    wl_client_for_each_resource(
        wl_resource_get_client(surface.resource),
        [](wl_resource* resource, void* found) {
            const bool is_manager = std::string_view{wl_resource_get_class(resource)} ==
                                    "wp_color_representation_manager_v1";
            *static_cast<bool*>(found) |= is_manager;
            return is_manager ? WL_ITERATOR_STOP : WL_ITERATOR_CONTINUE;
        },
        &has_manager);
    return has_manager;
}

} // namespace tarmac
