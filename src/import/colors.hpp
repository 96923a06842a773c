#pragma once

#include <tarmac/dmabuf.hpp>

namespace tarmac {

/// What the numbers of a picture mean.
struct Colors {
    ColorState state;
    bool is_premultiplied;

    static Colors of(const Dmabuf& dmabuf) noexcept {
        return {dmabuf.color(), dmabuf.is_premultiplied()};
    }
    friend bool operator==(const Colors&, const Colors&) = default;
};

/// Whether such numbers mean colours that `format` can have and that can be shown, be it only once
/// they are converted: see ColorState. Error: ImportFailed.
Result<void> check_meaning(const PixelFormat& format, const ColorState& color);

/// Whether matrix and range are what YUV is taken for where nothing is said.
constexpr bool is_usual_yuv(const ColorState& color) noexcept {
    constexpr ColorState Usual = ColorState::of(ColorModel::Yuv);
    return color.matrix == Usual.matrix && color.range == Usual.range;
}

} // namespace tarmac
