#include "surface/surface_colors.hpp"

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

Colors colors_on(wlr_surface& surface, const Dmabuf& image) {
    Colors colors = Colors::of(image);
    const auto* told = wlr_color_representation_v1_get_surface_state(&surface);
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

} // namespace tarmac
