#include "import/draws.hpp"

#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

using Matrix = ColorState::Matrix;

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

bool draws(const wlr_renderer& renderer, const Dmabuf& image, const Colors& colors) noexcept {
    if (image.format().has_alpha && !colors.is_premultiplied)
        return false;
    return image.format().model != ColorModel::Yuv ||
           colors.state == ColorState::of(ColorModel::Yuv) ||
           (renderer.color_encodings & encoding_of(colors.state.matrix)) != 0;
}

} // namespace tarmac
