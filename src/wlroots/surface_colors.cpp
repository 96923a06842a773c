#include "wlroots/surface_colors.hpp"

#include "wlroots/wlr.hpp"

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

std::uint32_t encoding_of(Matrix matrix) {
    switch (matrix) {
    case Matrix::Identity:
        return WLR_COLOR_ENCODING_IDENTITY;
    case Matrix::Bt601:
        return WLR_COLOR_ENCODING_BT601;
    case Matrix::Bt709:
        return WLR_COLOR_ENCODING_BT709;
    case Matrix::Bt2020:
        return WLR_COLOR_ENCODING_BT2020;
    }
    return WLR_COLOR_ENCODING_NONE;
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

bool draws(const wlr_renderer& renderer, const Dmabuf& image, const Colors& colors) noexcept {
    if (image.format().has_alpha && !colors.is_premultiplied)
        return false;
    return image.format().model != ColorModel::Yuv ||
           colors.state == ColorState::of(ColorModel::Yuv) ||
           (renderer.color_encodings & encoding_of(colors.state.matrix)) != 0;
}

} // namespace tarmac
