#include "surface/surface_colors.hpp"

#include "wlr/synced_state.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

using Matrix = ColorState::Matrix;

Matrix matrix_of(std::uint32_t coefficients, Matrix otherwise) {
    switch (coefficients) {
    case WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601:
        return Matrix::Bt601;
    case WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709:
        return Matrix::Bt709;
    case WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT2020:
        return Matrix::Bt2020;
    default:
        return otherwise;
    }
}

} // namespace

Colors colors_in(wlr_surface& surface, const wlr_surface_state& state, const Dmabuf& image) {
    Colors colors = Colors::of(image);
    const auto* current = wlr_color_representation_v1_get_surface_state(&surface);
    const auto* told = current ? synced_state_in(surface, state, current) : nullptr;
    if (!told)
        return colors;
    if (told->alpha_mode == WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_STRAIGHT)
        colors.is_premultiplied = false;
    if (image.format().model == ColorModel::Yuv && told->coefficients != 0) {
        colors.state.matrix = matrix_of(told->coefficients, colors.state.matrix);
        colors.state.range = told->range == WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL
                                 ? ColorState::Range::Full
                                 : ColorState::Range::Limited;
    }
    return colors;
}

void clear_yuv_encoding(wlr_surface& surface) {
    const auto* current = wlr_color_representation_v1_get_surface_state(&surface);
    if (auto* state = current ? synced_state_in(surface, surface.current, current) : nullptr)
        state->coefficients = state->range = 0;
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
