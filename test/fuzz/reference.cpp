#include "fuzz/reference.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace test {

using namespace tarmac;

namespace {

using Matrix = ColorState::Matrix;

double largest(unsigned bits) {
    return std::ldexp(1, static_cast<int>(bits)) - 1;
}

double half_value(std::uint32_t bits) {
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    const int exponent = static_cast<int>(bits >> 10 & 31), mantissa = bits & 1023;
    if (exponent == 31)
        return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                             : sign * std::numeric_limits<double>::infinity();
    return sign *
           (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

class Sampler {
public:
    Sampler(const Picture& picture, const FormatLayout& layout, unsigned x, unsigned y)
        : picture_{picture}, layout_{layout}, x_{x}, y_{y} {}

    /// 0 to 1, with black at 0 and white at 1 where luma or RGB may have a limited range.
    double brightness(const Component& component, bool is_shared = false) const {
        const double number = read(component, is_shared);
        if (picture_.color.range == ColorState::Range::Full)
            return layout_.is_float ? number : number / largest(component.bits);
        // H.273 shifts 16 and 235 left, and has nothing for less than 8 bits, nor for floats.
        if (layout_.is_float)
            return (number - 16 / 255.0 * float_step(component)) /
                   (219 / 255.0 * float_step(component));
        if (component.bits < 8)
            return (number / largest(component.bits) * 255 - 16) / 219;
        const double step = std::ldexp(1, static_cast<int>(component.bits) - 8);
        return (number - 16 * step) / (219 * step);
    }
    /// -0.5 to 0.5
    double chroma(const Component& component) const {
        const double number = read(component, true);
        const double step = std::ldexp(1, static_cast<int>(component.bits) - 8);
        const bool is_full = picture_.color.range == ColorState::Range::Full;
        return (number - 128 * step) / (is_full ? largest(component.bits) : 224 * step);
    }
    double alpha() const {
        if (!layout_.alpha)
            return 1;
        const double number = read(*layout_.alpha, false);
        return layout_.is_float ? std::clamp(number, 0.0, 1.0)
                                : number / largest(layout_.alpha->bits);
    }

private:
    /// What the numbers of floats are of is 1, in the steps of a number of as many bits.
    static double float_step(const Component& component) {
        return std::ldexp(1, static_cast<int>(component.bits) - 8) * 255 / largest(component.bits);
    }

    double read(const Component& component, bool is_shared) const {
        const std::size_t column = is_shared ? x_ / layout_.horizontal : x_;
        const std::size_t row = is_shared ? y_ / layout_.vertical : y_;
        const Picture::Plane& plane = picture_.planes[component.plane];
        const std::uint32_t number =
            read_bits(plane.data + static_cast<std::ptrdiff_t>(row) * plane.stride,
                      component.first + column * component.step, component.bits);
        if (!layout_.is_float)
            return number;
        const double value =
            component.bits == 16 ? half_value(number) : double{std::bit_cast<float>(number)};
        return std::isnan(value) ? value : std::clamp(value, 0.0, 1.0);
    }

    const Picture& picture_;
    const FormatLayout& layout_;
    unsigned x_, y_;
};

struct Weights {
    double red, blue;
};

Weights weights_of(Matrix matrix) {
    switch (matrix) {
    case Matrix::Bt709:
        return {0.2126, 0.0722};
    case Matrix::Bt2020:
        return {0.2627, 0.0593};
    default:
        return {0.299, 0.114};
    }
}

/// Red, green and blue.
std::array<double, 3> rgb_of_yuv(const Sampler& sampler, const FormatLayout& layout,
                                 Matrix matrix) {
    const double luma = sampler.brightness(*layout.colors[0]);
    if (matrix == Matrix::Identity) {
        const auto other = [&](unsigned i) {
            return layout.colors[i] ? sampler.brightness(*layout.colors[i], true) : luma;
        };
        return {other(2), luma, other(1)};
    }
    const double cb = layout.colors[1] ? sampler.chroma(*layout.colors[1]) : 0;
    const double cr = layout.colors[2] ? sampler.chroma(*layout.colors[2]) : 0;
    const auto [red, blue] = weights_of(matrix);
    const double green = 1 - red - blue;
    return {luma + 2 * (1 - red) * cr,
            luma - 2 * red * (1 - red) / green * cr - 2 * blue * (1 - blue) / green * cb,
            luma + 2 * (1 - blue) * cb};
}

} // namespace

ReferencePixel reference_pixel(const Picture& picture, const FormatLayout& layout, unsigned x,
                               unsigned y) {
    const Sampler sampler{picture, layout, x, y};
    std::array<double, 3> rgb{};
    if (layout.is_yuv) {
        rgb = rgb_of_yuv(sampler, layout, picture.color.matrix);
    } else {
        for (unsigned i = 0; i < 3; ++i) {
            if (layout.colors[i])
                rgb[i] = sampler.brightness(*layout.colors[i]);
        }
    }
    const double alpha = sampler.alpha();
    const double factor = 255 * (picture.is_premultiplied ? 1 : alpha);
    for (double& channel : rgb)
        channel = std::isnan(channel) ? channel : std::clamp(channel, 0.0, 1.0) * factor;
    return {rgb[2], rgb[1], rgb[0], 255 * alpha};
}

double reference_tolerance(const Picture& picture, const FormatLayout& layout) {
    // What is rounded, besides what single precision adds.
    constexpr double Nearest = 0.5001;
    const bool is_multiplied = layout.alpha && !picture.is_premultiplied;
    // Once to bytes, and once when these are multiplied, by an alpha that was made a byte, too.
    if (layout.is_yuv || picture.color.range == ColorState::Range::Limited)
        return (is_multiplied ? 3 : 2) + Nearest;
    return is_multiplied ? 1.5 : Nearest;
}

} // namespace test
