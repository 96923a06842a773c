// Conversion of RGB against what the formats' names say, computed in double precision.

#include "convert/conversion.hpp"

#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace tarmac;

namespace {

using Range = ColorState::Range;

struct Component {
    unsigned plane, shift, bits;
};

/// A format as its name has it: letters from the highest bit on, and as many widths.
struct Layout {
    unsigned pixel_bits = 0;
    bool is_float = false;
    std::optional<Component> red, green, blue, alpha;
};

/// `digits` as so many widths, which fill whole bytes, or are one.
bool split_widths(std::string_view digits, std::size_t n, std::vector<unsigned>& widths) {
    if (n == 0) {
        unsigned sum = 0;
        for (const unsigned width : widths)
            sum += width;
        return digits.empty() && (sum % 8 == 0 || widths.size() == 1);
    }
    for (const std::size_t length : {2u, 1u}) {
        if (digits.size() < length || digits[0] == '0')
            continue;
        widths.push_back(static_cast<unsigned>(std::stoi(std::string{digits.substr(0, length)})));
        if (widths.back() <= 32 && split_widths(digits.substr(length), n - 1, widths))
            return true;
        widths.pop_back();
    }
    return false;
}

std::optional<Layout> layout_of(const PixelFormat& format) {
    std::string name{format.name};
    Layout layout;
    if (name.ends_with("_A8")) {
        layout.alpha = {1, 0, 8};
        name.resize(name.size() - 3);
    }
    if (name.ends_with('F')) {
        layout.is_float = true;
        name.pop_back();
    }
    const std::size_t n_letters = name.find_first_of("0123456789");
    const std::string letters = name.substr(0, n_letters);
    std::vector<unsigned> widths;
    if (format.model != ColorModel::Rgb || format.planes[0].block_width != 1 ||
        letters.find_first_not_of("XRGBA") != std::string::npos ||
        !split_widths(std::string_view{name}.substr(n_letters), n_letters, widths))
        return {};
    for (std::size_t i = letters.size(); i-- > 0;) {
        const Component component{0, layout.pixel_bits, widths[i]};
        layout.pixel_bits += widths[i];
        switch (letters[i]) {
        case 'R':
            layout.red = component;
            break;
        case 'G':
            layout.green = component;
            break;
        case 'B':
            layout.blue = component;
            break;
        case 'A':
            layout.alpha = component;
            break;
        }
    }
    // drm_fourcc.h: "direct relationship between channel value and brightness".
    if (!layout.green && !layout.is_float)
        layout.green = layout.blue = layout.red;
    return layout;
}

double half_value(unsigned bits) {
    const double sign = bits & 0x8000 ? -1 : 1;
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const unsigned mantissa = bits & 1023;
    if (exponent == 31)
        return mantissa ? std::numeric_limits<double>::quiet_NaN()
                        : sign * std::numeric_limits<double>::infinity();
    return sign *
           (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

/// Every pixel that there is where one has 16 bits at most, random ones else.
class Card {
public:
    Card(const PixelFormat& format, Extent extent)
        : format_{format}, layout_{*layout_of(format)}, extent_{extent} {
        std::mt19937 random{format.fourcc};
        for (unsigned i = 0; i < format.n_planes; ++i) {
            // Longer than a row, and at no even place.
            strides_[i] = static_cast<unsigned>(format.min_stride(i, extent.width)) + 13;
            planes_[i].resize(strides_[i] * extent.height);
            for (std::uint8_t& byte : planes_[i])
                byte = static_cast<std::uint8_t>(random());
        }
        const unsigned bytes = format.planes[0].bytes_per_block;
        for (unsigned y = 0; y < extent.height; ++y) {
            for (unsigned x = 0; x < extent.width; ++x) {
                std::uint8_t* pixel = &planes_[0][y * strides_[0] + x * bytes];
                for (unsigned i = 0; bytes <= 2 && i < bytes; ++i)
                    pixel[i] = static_cast<std::uint8_t>((y * extent.width + x) >> 8 * i);
                for (unsigned i = 0; bytes > 2 && layout_.is_float && i < bytes; ++i) {
                    // From 0 to a little beyond 1.
                    const unsigned size = format.bits / 8;
                    if (i % size == size - 1)
                        pixel[i] = static_cast<std::uint8_t>(pixel[i] % 0x40);
                }
            }
        }
    }

    Picture picture(bool is_premultiplied, Range range) const {
        const ColorState color{ColorState::Matrix::Identity, range};
        Picture picture{format_, extent_, {}, color, is_premultiplied};
        for (unsigned i = 0; i < format_.n_planes; ++i)
            picture.planes[i] = {planes_[i].data(), static_cast<int>(strides_[i])};
        return picture;
    }

    /// Blue, green, red and alpha of a pixel, 0 to 255; NaN for what isn't a number.
    std::array<double, 4> expected(unsigned x, unsigned y, bool is_premultiplied,
                                   Range range) const {
        const double alpha = layout_.alpha ? get(*layout_.alpha, x, y) : 1;
        const auto color = [&](const std::optional<Component>& component) {
            const double number = component ? get(*component, x, y) : 0;
            const double value =
                range == Range::Full ? number : widened(number, component ? component->bits : 8);
            return 255 * value * (is_premultiplied ? 1 : alpha);
        };
        return {color(layout_.blue), color(layout_.green), color(layout_.red), alpha * 255};
    }

private:
    /// H.273 has 16 and 235 of 8 bits shifted left by the others, and nothing for less than 8.
    double widened(double number, unsigned bits) const {
        const double most = std::ldexp(1, static_cast<int>(bits)) - 1;
        const double step = bits < 8 ? 1 / 255.0 : std::ldexp(1, static_cast<int>(bits) - 8) / most;
        return std::isnan(number) ? number
                                  : std::clamp((number - 16 * step) / (219 * step), 0.0, 1.0);
    }

    double get(const Component& component, unsigned x, unsigned y) const {
        const unsigned bytes = format_.planes[component.plane].bytes_per_block;
        const std::uint8_t* pixel =
            &planes_[component.plane][y * strides_[component.plane] + x * bytes];
        std::uint32_t number = 0;
        for (unsigned bit = 0; bit < component.bits; ++bit) {
            const unsigned at = component.shift + bit;
            number |= (pixel[at / 8] >> at % 8 & 1u) << bit;
        }
        if (!layout_.is_float)
            return number / (std::ldexp(1, static_cast<int>(component.bits)) - 1);
        const double value =
            component.bits == 16 ? half_value(number) : double{std::bit_cast<float>(number)};
        return std::isnan(value) ? value : std::clamp(value, 0.0, 1.0);
    }

    const PixelFormat& format_;
    Layout layout_;
    Extent extent_;
    std::array<std::vector<std::uint8_t>, MaxPlanes> planes_;
    std::array<unsigned, MaxPlanes> strides_{};
};

/// The largest difference of a channel between a conversion and the definition.
double worst_error(const PixelFormat& format, Extent extent, bool is_premultiplied,
                   Range range = Range::Full) {
    const Card card{format, extent};
    const int stride = static_cast<int>(extent.width) * 4 + 12;
    std::vector<std::uint8_t> argb(static_cast<std::size_t>(stride) * extent.height);
    convert_to_argb(card.picture(is_premultiplied, range),
                    {0, 0, static_cast<int>(extent.width), static_cast<int>(extent.height)},
                    argb.data(), stride);
    double worst = 0;
    for (unsigned y = 0; y < extent.height; ++y) {
        for (unsigned x = 0; x < extent.width; ++x) {
            const auto expected = card.expected(x, y, is_premultiplied, range);
            const auto* got = &argb[y * static_cast<std::size_t>(stride) + x * 4u];
            for (unsigned i = 0; i < 4; ++i) {
                if (!std::isnan(expected[i]))
                    worst = std::max(worst, std::abs(expected[i] - got[i]));
            }
        }
    }
    return worst;
}

// Half a step, and what single precision may add.
constexpr double Rounding = 0.5001;

} // namespace

TEST_CASE("RGB formats are convertible, but for several pixels in a byte") {
    unsigned n = 0;
    for (const PixelFormat& format : all_pixel_formats()) {
        INFO(format.name);
        const bool is_described = layout_of(format).has_value();
        if (format.model != ColorModel::Yuv)
            CHECK(is_convertible(format.fourcc) == is_described);
        n += is_described;
    }
    CHECK(n >= 70);
}

TEST_CASE("RGB is rounded to the nearest step") {
    for (const PixelFormat& format : all_pixel_formats()) {
        INFO(format.name);
        if (!layout_of(format))
            continue;
        for (const Extent extent : {Extent{256, 256}, Extent{37, 35}, Extent{1, 1}, Extent{3, 2}})
            CHECK(worst_error(format, extent, true) <= Rounding);
    }
}

TEST_CASE("straight RGB is multiplied with its alpha") {
    for (const PixelFormat& format : all_pixel_formats()) {
        INFO(format.name);
        if (!layout_of(format))
            continue;
        const auto layout = *layout_of(format);
        // What isn't of 8 bits, or of a divisor of their range, is rounded before as well.
        const std::set<unsigned> exact_bits{1, 2, 4, 8};
        const bool is_exact =
            !layout.alpha || (!layout.is_float && exact_bits.contains(format.bits));
        CHECK(worst_error(format, {256, 256}, false) <= (is_exact ? Rounding : 1.5));
    }
}

TEST_CASE("RGB in limited range is widened") {
    for (const PixelFormat& format : all_pixel_formats()) {
        INFO(format.name);
        if (!layout_of(format))
            continue;
        for (const bool is_premultiplied : {true, false})
            CHECK(worst_error(format, {256, 256}, is_premultiplied, Range::Limited) <= 2);
    }
}
