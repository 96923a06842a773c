#include "convert/conversion.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "convert/conversion_band.hpp"
#include "convert/yuv_matrix.hpp"

namespace tarmac {

namespace {

const Conversion* find_conversion(std::uint32_t fourcc) {
    for (const auto conversions : {rgb_conversions(), yuv_conversions(), deep_yuv_conversions()}) {
        const auto found = std::ranges::find(conversions, fourcc, &Conversion::fourcc);
        if (found != conversions.end())
            return &*found;
    }
    return nullptr;
}

/// Exact, which libyuv's ARGBAttenuate() isn't. Two channels a multiplication.
TARMAC_INLINED std::uint32_t premultiply(std::uint32_t argb) {
    constexpr std::uint32_t Even = 0x00ff00ff, Halves = 0x00800080;
    const std::uint32_t alpha = argb >> 24;
    std::uint32_t red_blue = (argb & Even) * alpha + Halves;
    red_blue = (red_blue + (red_blue >> 8 & Even)) >> 8 & Even;
    std::uint32_t green = (argb >> 8 & 0xff) * alpha + 0x80;
    green = (green + (green >> 8)) & 0xff00;
    return alpha << 24 | red_blue | green;
}

/// What becomes of numbers in limited range that were rounded to 8 of `bits`: in all of those black
/// is 16 and white 235, shifted left.
std::array<std::uint8_t, 256> full_range(unsigned bits) {
    constexpr double Black = 16, White = 235;
    const double step = bits > 8 ? (1 - std::ldexp(1, -static_cast<int>(bits))) * 256 / 255 : 1;
    std::array<std::uint8_t, 256> full;
    for (std::size_t i = 0; i < full.size(); ++i) {
        const double value = std::clamp(static_cast<double>(i) * step, Black, White);
        full[i] = static_cast<std::uint8_t>(std::lround((value - Black) * 255 / (White - Black)));
    }
    return full;
}

/// Alpha has no range. What is multiplied with it was so before it got its range, as in YUV.
void widen_range(const Band& band, unsigned bits) {
    const auto full = full_range(bits);
    for (int y = 0; y < band.height; ++y) {
        std::uint8_t* pixel = band.out + std::ptrdiff_t{y} * band.out_stride;
        for (int x = 0; x < band.width; ++x, pixel += 4) {
            for (unsigned i = 0; i < 3; ++i)
                pixel[i] = full[pixel[i]];
        }
    }
}

// No format has chroma samples of more pixels.
constexpr int Grain = 4;

/// Small enough for scratch memory, of at most 8 bytes a pixel, to stay in a core's own cache, and
/// large enough for calls not to count; a whole number of chroma samples.
int band_height(int width) {
    constexpr int Pixels = 16 * 1024, Most = 32;
    return std::clamp(Pixels / std::max(width, 1) / Grain * Grain, Grain, Most);
}

} // namespace

bool is_convertible(std::uint32_t fourcc) noexcept {
    return find_conversion(fourcc) != nullptr;
}

void convert_to_argb(const Picture& picture, const Rect& part, std::uint8_t* argb, int stride) {
    const Conversion* conversion = find_conversion(picture.format.fourcc);
    const int left = part.x / Grain * Grain, top = part.y / Grain * Grain;
    const int right = std::min((part.x + part.width + Grain - 1) / Grain * Grain,
                               static_cast<int>(picture.extent.width));
    const int bottom = std::min(part.y + part.height, static_cast<int>(picture.extent.height));
    const bool is_yuv = picture.format.model == ColorModel::Yuv;
    const bool is_gbr = is_yuv && picture.color.matrix == ColorState::Matrix::Identity;
    const int rows = band_height(right - left);
    std::vector<std::uint8_t> scratch;
    for (int y = top; y < bottom; y += rows) {
        Band band{.format = picture.format,
                  .in = {},
                  .out = argb + static_cast<std::ptrdiff_t>(y) * stride + left * 4,
                  .out_stride = stride,
                  .width = right - left,
                  .height = std::min(rows, bottom - y),
                  .color = picture.color,
                  .matrix = yuv_constants(picture.color),
                  .is_gbr = is_gbr,
                  .scratch = scratch};
        for (unsigned i = 0; i < picture.format.n_planes; ++i) {
            const PlaneFormat& plane = picture.format.planes[i];
            const int column = left / plane.horizontal_subsampling / plane.block_width;
            const int row = y / plane.vertical_subsampling / plane.block_height;
            band.in[i] = {picture.planes[i].data +
                              static_cast<std::ptrdiff_t>(row) * picture.planes[i].stride +
                              column * plane.bytes_per_block,
                          picture.planes[i].stride};
        }
        conversion->convert(band);
        if ((!is_yuv || is_gbr) && picture.color.range == ColorState::Range::Limited)
            widen_range(band, is_gbr ? 8 : picture.format.bits);
        if (picture.format.has_alpha && !picture.is_premultiplied)
            convert_elements<std::uint32_t, std::uint32_t, premultiply>(
                band.out, stride, band.out, stride, band.width, band.height);
    }
}

} // namespace tarmac
