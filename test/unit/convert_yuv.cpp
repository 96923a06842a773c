// Conversion of YUV against the definition, computed in double precision.

#include "convert/conversion.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <drm_fourcc.h>
#include <map>
#include <optional>
#include <random>
#include <vector>

using namespace tarmac;

namespace {

/// Where a component's samples lie: `shift` bits above the lowest of every `step`th byte of `plane`
/// from `first` on.
struct Place {
    unsigned plane, first, step, shift = 0;
};

/// A format as drm_fourcc.h describes it, told apart from how the library does.
struct Layout {
    unsigned bits, horizontal, vertical; ///< the latter of chroma
    Place y;
    std::optional<Place> u, v, alpha = {};
    unsigned alpha_bits = 0;
};

constexpr unsigned V = 0, U = 1;

Layout semiplanar(unsigned horizontal, unsigned vertical, unsigned first = U) {
    const unsigned u = first == U ? 0 : 1;
    return {8, horizontal, vertical, {0, 0, 1}, Place{1, u, 2}, Place{1, 1 - u, 2}};
}
Layout semiplanar_wide(unsigned bits, unsigned vertical) {
    const unsigned shift = 16 - bits;
    return {bits, 2, vertical, {0, 0, 2, shift}, Place{1, 0, 4, shift}, Place{1, 2, 4, shift}};
}
Layout planar(unsigned bits, unsigned horizontal, unsigned vertical, unsigned first = U,
              unsigned shift = 0) {
    const unsigned bytes = bits > 8 ? 2 : 1, u = first == U ? 1 : 2;
    return {bits,
            horizontal,
            vertical,
            {0, 0, bytes, shift},
            Place{u, 0, bytes, shift},
            Place{3 - u, 0, bytes, shift}};
}
Layout packed_422(unsigned y, unsigned u, unsigned v) {
    return {8, 2, 1, {0, y, 2}, Place{0, u, 4}, Place{0, v, 4}};
}
Layout packed_422_wide(unsigned bits) {
    const unsigned shift = 16 - bits;
    return {bits, 2, 1, {0, 0, 4, shift}, Place{0, 2, 8, shift}, Place{0, 6, 8, shift}};
}
Layout packed_444(unsigned bytes, unsigned y, unsigned u, unsigned v,
                  std::optional<unsigned> alpha = {}) {
    Layout layout{8, 1, 1, {0, y, bytes}, Place{0, u, bytes}, Place{0, v, bytes}};
    if (alpha) {
        layout.alpha = Place{0, *alpha, bytes};
        layout.alpha_bits = 8;
    }
    return layout;
}
Layout packed_444_wide(unsigned bits, bool has_alpha) {
    const unsigned shift = 16 - bits;
    Layout layout{bits, 1, 1, {0, 2, 8, shift}, Place{0, 0, 8, shift}, Place{0, 4, 8, shift}};
    if (has_alpha) {
        layout.alpha = Place{0, 6, 8, shift};
        layout.alpha_bits = bits;
    }
    return layout;
}
Layout packed_10(unsigned y, unsigned u, unsigned v, bool has_alpha) {
    Layout layout{10, 1, 1, {0, 0, 4, y}, Place{0, 0, 4, u}, Place{0, 0, 4, v}};
    if (has_alpha) {
        layout.alpha = Place{0, 0, 4, 30};
        layout.alpha_bits = 2;
    }
    return layout;
}

const std::map<std::uint32_t, Layout> layouts = {
    {DRM_FORMAT_NV12, semiplanar(2, 2)},
    {DRM_FORMAT_NV21, semiplanar(2, 2, V)},
    {DRM_FORMAT_NV16, semiplanar(2, 1)},
    {DRM_FORMAT_NV61, semiplanar(2, 1, V)},
    {DRM_FORMAT_NV24, semiplanar(1, 1)},
    {DRM_FORMAT_NV42, semiplanar(1, 1, V)},
    {DRM_FORMAT_P010, semiplanar_wide(10, 2)},
    {DRM_FORMAT_P012, semiplanar_wide(12, 2)},
    {DRM_FORMAT_P016, semiplanar_wide(16, 2)},
    {DRM_FORMAT_P210, semiplanar_wide(10, 1)},
    {DRM_FORMAT_YUV420, planar(8, 2, 2)},
    {DRM_FORMAT_YVU420, planar(8, 2, 2, V)},
    {DRM_FORMAT_YUV422, planar(8, 2, 1)},
    {DRM_FORMAT_YVU422, planar(8, 2, 1, V)},
    {DRM_FORMAT_YUV444, planar(8, 1, 1)},
    {DRM_FORMAT_YVU444, planar(8, 1, 1, V)},
    {DRM_FORMAT_YUYV, packed_422(0, 1, 3)},
    {DRM_FORMAT_YVYU, packed_422(0, 3, 1)},
    {DRM_FORMAT_UYVY, packed_422(1, 0, 2)},
    {DRM_FORMAT_VYUY, packed_422(1, 2, 0)},
    {DRM_FORMAT_AYUV, packed_444(4, 2, 1, 0, 3)},
    {DRM_FORMAT_XYUV8888, packed_444(4, 2, 1, 0)},
    {DRM_FORMAT_AVUY8888, packed_444(4, 0, 1, 2, 3)},
    {DRM_FORMAT_XVUY8888, packed_444(4, 0, 1, 2)},
    {DRM_FORMAT_VUY888, packed_444(3, 0, 1, 2)},
    {DRM_FORMAT_Y8, {8, 1, 1, {0, 0, 1}, {}, {}}},
    {DRM_FORMAT_YUV410, planar(8, 4, 4)},
    {DRM_FORMAT_YVU410, planar(8, 4, 4, V)},
    {DRM_FORMAT_YUV411, planar(8, 4, 1)},
    {DRM_FORMAT_YVU411, planar(8, 4, 1, V)},
    {DRM_FORMAT_Y210, packed_422_wide(10)},
    {DRM_FORMAT_Y212, packed_422_wide(12)},
    {DRM_FORMAT_Y216, packed_422_wide(16)},
    {DRM_FORMAT_Y410, packed_10(10, 0, 20, true)},
    {DRM_FORMAT_XVYU2101010, packed_10(10, 0, 20, false)},
    {DRM_FORMAT_XVUY2101010, packed_10(0, 10, 20, false)},
    {DRM_FORMAT_Y412, packed_444_wide(12, true)},
    {DRM_FORMAT_Y416, packed_444_wide(16, true)},
    {DRM_FORMAT_XVYU12_16161616, packed_444_wide(12, false)},
    {DRM_FORMAT_XVYU16161616, packed_444_wide(16, false)},
    {DRM_FORMAT_Q410, planar(10, 1, 1, U, 6)},
    {DRM_FORMAT_Q401, planar(10, 1, 1, V, 6)},
    {DRM_FORMAT_S010, planar(10, 2, 2)},
    {DRM_FORMAT_S210, planar(10, 2, 1)},
    {DRM_FORMAT_S410, planar(10, 1, 1)},
    {DRM_FORMAT_S012, planar(12, 2, 2)},
    {DRM_FORMAT_S212, planar(12, 2, 1)},
    {DRM_FORMAT_S412, planar(12, 1, 1)},
    {DRM_FORMAT_S016, planar(16, 2, 2)},
    {DRM_FORMAT_S216, planar(16, 2, 1)},
    {DRM_FORMAT_S416, planar(16, 1, 1)},
};

/// A picture whose samples all differ from their neighbours, in memory as `layout` says.
class Card {
public:
    /// `offset`: of the first row from a place that suits every word.
    Card(std::uint32_t fourcc, Extent extent, unsigned offset = 0)
        : format_{*find_pixel_format(fourcc)}
        , layout_{layouts.at(fourcc)}
        , extent_{extent}
        , offset_{offset} {
        for (unsigned i = 0; i < format_.n_planes; ++i) {
            // Longer than a row, and never a round number of pixels.
            strides_[i] = static_cast<unsigned>(format_.min_stride(i, extent.width)) + 10 + offset;
            planes_[i].resize(offset + strides_[i] * format_.rows(i, extent.height));
        }
        for (unsigned y = 0; y < extent.height; ++y) {
            for (unsigned x = 0; x < extent.width; ++x) {
                put(layout_.y, layout_.bits, x, y,
                    0.1 + 0.8 * std::fmod(x * 0.071 + y * 0.043, 1.0));
                if (layout_.alpha)
                    put(*layout_.alpha, layout_.alpha_bits, x, y, std::fmod(0.2 + x * 0.05, 1.0));
            }
        }
        for (unsigned y = 0; layout_.u && y * layout_.vertical < extent.height; ++y) {
            for (unsigned x = 0; x * layout_.horizontal < extent.width; ++x) {
                put(*layout_.u, layout_.bits, x, y,
                    0.2 + 0.6 * std::fmod(x * 0.13 + y * 0.29, 1.0));
                put(*layout_.v, layout_.bits, x, y,
                    0.2 + 0.6 * std::fmod(0.5 + x * 0.23 + y * 0.11, 1.0));
            }
        }
    }

    /// Any numbers in place of the card's.
    void fill_at_random() {
        std::mt19937 random{format_.fourcc};
        const auto fill = [&](const Place& place, unsigned bits, unsigned horizontal,
                              unsigned vertical) {
            for (unsigned y = 0; y * vertical < extent_.height; ++y) {
                for (unsigned x = 0; x * horizontal < extent_.width; ++x)
                    put(place, bits, x, y, static_cast<double>(random()) / random.max());
            }
        };
        fill(layout_.y, layout_.bits, 1, 1);
        for (const auto& chroma : {layout_.u, layout_.v}) {
            if (chroma)
                fill(*chroma, layout_.bits, layout_.horizontal, layout_.vertical);
        }
        if (layout_.alpha)
            fill(*layout_.alpha, layout_.alpha_bits, 1, 1);
    }

    Picture picture(const ColorState& color, bool is_premultiplied) const {
        Picture picture{format_, extent_, {}, color, is_premultiplied};
        for (unsigned i = 0; i < format_.n_planes; ++i)
            picture.planes[i] = {planes_[i].data() + offset_, static_cast<int>(strides_[i])};
        return picture;
    }

    /// Blue, green, red and alpha of a pixel, 0 to 255.
    std::array<double, 4> expected(unsigned x, unsigned y, const ColorState& color,
                                   bool is_premultiplied) const {
        const bool is_full = color.range == ColorState::Range::Full;
        const double max = (1u << layout_.bits) - 1;
        const double step = (1u << layout_.bits) / 256.0;
        const unsigned cx = x / layout_.horizontal, cy = y / layout_.vertical;
        const double y_sample = get(layout_.y, layout_.bits, x, y);
        const double luma = is_full ? y_sample / max : (y_sample - 16 * step) / (219 * step);
        double alpha = 1;
        if (layout_.alpha)
            alpha =
                get(*layout_.alpha, layout_.alpha_bits, x, y) / ((1u << layout_.alpha_bits) - 1);
        const double factor = is_premultiplied ? 1 : alpha;
        const auto scale = [&](double value) { return std::clamp(value, 0.0, 1.0) * factor * 255; };
        if (color.matrix == ColorState::Matrix::Identity) {
            const auto sample = [&](const std::optional<Place>& place) {
                const double number = place ? get(*place, layout_.bits, cx, cy) : y_sample;
                return scale(is_full ? number / max : (number - 16 * step) / (219 * step));
            };
            return {sample(layout_.u), scale(luma), sample(layout_.v), alpha * 255};
        }
        const auto chroma = [&](const std::optional<Place>& place) {
            return place ? (get(*place, layout_.bits, cx, cy) - 128 * step) /
                               (is_full ? max : 224 * step)
                         : 0;
        };
        const double cb = chroma(layout_.u), cr = chroma(layout_.v);
        const auto [kr, kb] = weights(color.matrix);
        const double kg = 1 - kr - kb;
        const double red = luma + 2 * (1 - kr) * cr, blue = luma + 2 * (1 - kb) * cb;
        const double green = luma - 2 * kr * (1 - kr) / kg * cr - 2 * kb * (1 - kb) / kg * cb;
        return {scale(blue), scale(green), scale(red), alpha * 255};
    }

private:
    static std::pair<double, double> weights(ColorState::Matrix matrix) {
        switch (matrix) {
        case ColorState::Matrix::Bt709:
            return {0.2126, 0.0722};
        case ColorState::Matrix::Bt2020:
            return {0.2627, 0.0593};
        default:
            return {0.299, 0.114};
        }
    }

    std::size_t at(const Place& place, unsigned x, unsigned y) const {
        return offset_ + std::size_t{y} * strides_[place.plane] + place.first +
               std::size_t{x} * place.step;
    }
    void put(const Place& place, unsigned bits, unsigned x, unsigned y, double value) {
        const unsigned number = static_cast<unsigned>(value * ((1u << bits) - 1));
        auto* bytes = planes_[place.plane].data() + at(place, x, y);
        for (unsigned i = place.shift; i < place.shift + bits; ++i) {
            const unsigned bit = number >> (i - place.shift) & 1;
            bytes[i / 8] =
                static_cast<std::uint8_t>((bytes[i / 8] & ~(1u << i % 8)) | bit << i % 8);
        }
    }
    double get(const Place& place, unsigned bits, unsigned x, unsigned y) const {
        const auto* bytes = planes_[place.plane].data() + at(place, x, y);
        unsigned number = 0;
        for (unsigned i = place.shift; i < place.shift + bits; ++i)
            number |= (bytes[i / 8] >> i % 8 & 1u) << (i - place.shift);
        return number;
    }

    const PixelFormat& format_;
    const Layout& layout_;
    Extent extent_;
    unsigned offset_;
    std::array<std::vector<std::uint8_t>, MaxPlanes> planes_;
    std::array<unsigned, MaxPlanes> strides_{};
};

/// The largest difference of a channel between a conversion and the definition.
double worst_error(const Card& card, Extent extent, const ColorState& color, bool premultiplied) {
    const int stride = static_cast<int>(extent.width) * 4 + 12;
    std::vector<std::uint8_t> argb(static_cast<std::size_t>(stride) * extent.height);
    convert_to_argb(card.picture(color, premultiplied),
                    {0, 0, static_cast<int>(extent.width), static_cast<int>(extent.height)},
                    argb.data(), stride);
    double worst = 0;
    for (unsigned y = 0; y < extent.height; ++y) {
        for (unsigned x = 0; x < extent.width; ++x) {
            const auto expected = card.expected(x, y, color, premultiplied);
            const auto* got = &argb[y * static_cast<std::size_t>(stride) + x * 4u];
            for (unsigned i = 0; i < 4; ++i)
                worst = std::max(worst, std::abs(std::round(expected[i]) - got[i]));
        }
    }
    return worst;
}

using Matrix = ColorState::Matrix;
using Range = ColorState::Range;

} // namespace

TEST_CASE("every convertible format of YUV is tested") {
    for (const PixelFormat& format : all_pixel_formats()) {
        INFO(format.name);
        if (format.model == ColorModel::Yuv)
            CHECK(is_convertible(format.fourcc) == layouts.contains(format.fourcc));
    }
}

TEST_CASE("YUV becomes the colours that matrix and range define") {
    for (const auto& [fourcc, layout] : layouts) {
        for (const Extent extent : {Extent{64, 48}, Extent{37, 35}, Extent{1, 1}, Extent{3, 2}}) {
            const Card card{fourcc, extent};
            for (const Matrix matrix :
                 {Matrix::Identity, Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020}) {
                for (const Range range : {Range::Limited, Range::Full}) {
                    INFO(fourcc_name(fourcc)
                         << " " << extent.width << "x" << extent.height << " matrix "
                         << static_cast<int>(matrix) << " range " << static_cast<int>(range));
                    CHECK(worst_error(card, extent, {matrix, range}, true) <= 2);
                }
            }
        }
    }
}

TEST_CASE("YUV of any numbers becomes the colours that are defined") {
    constexpr Extent Odd{37, 35};
    for (const auto& [fourcc, layout] : layouts) {
        Card card{fourcc, Odd};
        card.fill_at_random();
        for (const Matrix matrix :
             {Matrix::Identity, Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020}) {
            for (const Range range : {Range::Limited, Range::Full}) {
                INFO(fourcc_name(fourcc) << " matrix " << static_cast<int>(matrix) << " range "
                                         << static_cast<int>(range));
                CHECK(worst_error(card, Odd, {matrix, range}, true) <= 2);
            }
        }
    }
}

TEST_CASE("samples of YUV are read wherever they lie") {
    constexpr Extent Odd{37, 35};
    for (const auto& [fourcc, layout] : layouts) {
        INFO(fourcc_name(fourcc));
        CHECK(worst_error(Card{fourcc, Odd, 1}, Odd, {Matrix::Bt601, Range::Limited}, true) <= 2);
    }
}

TEST_CASE("colours that aren't multiplied with alpha become so") {
    for (const std::uint32_t fourcc : {DRM_FORMAT_AYUV, DRM_FORMAT_AVUY8888, DRM_FORMAT_Y410,
                                       DRM_FORMAT_Y412, DRM_FORMAT_Y416}) {
        INFO(fourcc_name(fourcc));
        const Extent extent{37, 35};
        CHECK(worst_error(Card{fourcc, extent}, extent, {Matrix::Bt601, Range::Limited}, false) <=
              2);
    }
}
