#include "inspect/card.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tarmac::inspect {

namespace {

using Color = std::array<double, 3>;

double between(double a, double b, double part) {
    return a + (b - a) * part;
}

/// What is drawn, of 0 to 1: bars above, ramps in the middle, and below what changes with every
/// pixel. A card of a few rows has only the last.
Color drawn_at(unsigned x, unsigned y, const Geometry& size) {
    const Color noise{std::fmod(0.15 + x * 0.37 + y * 0.21, 1.0),
                      std::fmod(0.55 + x * 0.23 + y * 0.43, 1.0),
                      std::fmod(0.85 + x * 0.61 + y * 0.13, 1.0)};
    if (size.height < 6 || y >= size.height * 2 / 3)
        return noise;
    if (y < size.height / 3) {
        const unsigned bar = 7 - x * 8 / size.width;
        return {bar & 2 ? 1.0 : 0.0, bar & 4 ? 1.0 : 0.0, bar & 1 ? 1.0 : 0.0};
    }
    const double right = (x + 0.5) / size.width, down = (y + 0.5) / size.height;
    return {right, 1 - right, std::fmod(3 * down, 1.0)};
}

/// The right half is transparent in steps.
double alpha_at(unsigned x, unsigned y, const Geometry& size) {
    return x < size.width / 2 || size.width < 4 ? 1.0 : std::fmod(x * 0.19 + y * 0.08, 1.0);
}

Color to_yuv(const Color& rgb) {
    const double y = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    return {(16 + 219 * y) / 255, (128 + 224 * (rgb[2] - y) / 1.772) / 255,
            (128 + 224 * (rgb[0] - y) / 1.402) / 255};
}

double blend(double value, double alpha, double under, Blending blending) {
    if (blending == Blending::Electrical || alpha == 1)
        return value + (1 - alpha) * under;
    const double straight = alpha > 0 ? std::max(value / alpha, 0.0) : 0;
    return std::pow(alpha * std::pow(straight, 2.2) + (1 - alpha) * std::pow(under, 2.2), 1 / 2.2);
}

std::uint8_t to_byte(double value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
}

} // namespace

Card::Card(const FormatLayout& layout, const Geometry& geometry)
    : layout_{layout}, geometry_{geometry} {
    lay_out();
    draw();
}

void Card::lay_out() {
    planes_.resize(layout_.n_planes);
    files_.resize(geometry_.has_many_files ? layout_.n_planes : 1);
    for (unsigned i = 0; i < layout_.n_planes; ++i) {
        const unsigned number = geometry_.is_reversed ? layout_.n_planes - 1 - i : i;
        Plane& plane = planes_[number];
        plane.file = geometry_.has_many_files ? number : 0;
        std::vector<std::uint8_t>& file = files_[plane.file];
        const std::size_t row = layout_.row_bytes(number, geometry_.width);
        plane.offset = static_cast<std::uint32_t>(file.size() + geometry_.offset);
        plane.stride = static_cast<std::uint32_t>(row + geometry_.padding);
        file.resize(plane.offset + plane.stride * layout_.rows(number, geometry_.height));
    }
    for (auto& file : files_) {
        for (std::size_t i = 0; i < file.size(); ++i)
            file[i] = static_cast<std::uint8_t>(i * 151 + 89);
    }
    // Padding of samples is 0, as drm_fourcc.h has it.
    for (unsigned i = 0; i < layout_.n_planes && layout_.has_words(); ++i) {
        for (std::size_t y = 0; y < layout_.rows(i, geometry_.height); ++y) {
            auto* row = &files_[planes_[i].file][planes_[i].offset + y * planes_[i].stride];
            std::fill_n(row, layout_.row_bytes(i, geometry_.width), std::uint8_t{0});
        }
    }
}

void Card::draw() {
    const auto& [first, second, third] = layout_.colors;
    for (unsigned y = 0; y < geometry_.height; ++y) {
        for (unsigned x = 0; x < geometry_.width; ++x) {
            Color color = drawn_at(x, y, geometry_);
            double alpha = 1;
            if (layout_.alpha) {
                put(*layout_.alpha, x, y, alpha_at(x, y, geometry_));
                alpha = get(*layout_.alpha, x, y);
            }
            // Chroma can't be multiplied with alpha by itself.
            if (layout_.is_yuv && alpha < 1)
                color = {0.7, 0.7, 0.7};
            for (double& value : color)
                value *= alpha;
            if (layout_.is_yuv)
                color = to_yuv(color);
            put(*first, x, y, color[0]);
            if (x % layout_.horizontal != 0 || y % layout_.vertical != 0)
                continue;
            const unsigned cx = x / layout_.horizontal, cy = y / layout_.vertical;
            if (second)
                put(*second, cx, cy, color[1]);
            if (third)
                put(*third, cx, cy, color[2]);
        }
    }
}

void Card::put(const Component& component, unsigned x, unsigned y, double value) {
    const Plane& plane = planes_[component.plane];
    std::uint8_t* row = &files_[plane.file][plane.offset + std::size_t{y} * plane.stride];
    std::uint32_t number;
    if (layout_.is_float && component.bits == 16) {
        number = std::bit_cast<std::uint16_t>(static_cast<_Float16>(value));
    } else if (layout_.is_float) {
        number = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    } else {
        const double max = std::exp2(component.bits) - 1;
        // Of a half transparent pixel no colour may be rounded to more than alpha is.
        number = static_cast<std::uint32_t>(layout_.alpha ? std::floor(value * max + 1e-9)
                                                          : std::round(value * max));
    }
    write_bits(row, component.first + std::size_t{x} * component.step, component.bits, number);
}

std::uint32_t Card::read(const Component& component, unsigned x, unsigned y) const {
    const Plane& plane = planes_[component.plane];
    const std::uint8_t* row = &files_[plane.file][plane.offset + std::size_t{y} * plane.stride];
    return read_bits(row, component.first + std::size_t{x} * component.step, component.bits);
}

double Card::get(const Component& component, unsigned x, unsigned y) const {
    const std::uint32_t number = read(component, x, y);
    if (layout_.is_float && component.bits == 16)
        return std::bit_cast<_Float16>(static_cast<std::uint16_t>(number));
    if (layout_.is_float)
        return std::bit_cast<float>(number);
    return number / (std::exp2(component.bits) - 1);
}

double Card::chroma_at(const Component& component, unsigned x, unsigned y, Chroma chroma) const {
    const unsigned columns = (geometry_.width + layout_.horizontal - 1) / layout_.horizontal;
    const unsigned rows = (geometry_.height + layout_.vertical - 1) / layout_.vertical;
    if (chroma == Chroma::Repeated)
        return get(component, x / layout_.horizontal, y / layout_.vertical);
    const auto place = [](unsigned pixel, unsigned pixels, unsigned samples) {
        return std::clamp((pixel + 0.5) / pixels * samples - 0.5, 0.0, samples - 1.0);
    };
    const double across = place(x, geometry_.width, columns),
                 down = place(y, geometry_.height, rows);
    const unsigned left = static_cast<unsigned>(across), top = static_cast<unsigned>(down);
    const unsigned right = std::min(left + 1, columns - 1), bottom = std::min(top + 1, rows - 1);
    return between(
        between(get(component, left, top), get(component, right, top), across - left),
        between(get(component, left, bottom), get(component, right, bottom), across - left),
        down - top);
}

Color Card::color_at(unsigned x, unsigned y, Chroma chroma) const {
    const auto& colors = layout_.colors;
    if (!layout_.is_yuv) {
        Color rgb{};
        for (unsigned i = 0; i < 3; ++i)
            rgb[i] = colors[i] ? get(*colors[i], x, y) : 0;
        return rgb;
    }
    // BT.601, narrow range: 16..235 and 16..240 of 8 bits, shifted up for more.
    const double max = std::exp2(layout_.bits()) - 1, step = std::exp2(layout_.bits() - 8.0) / max;
    const double luma = (get(*colors[0], x, y) - 16 * step) / (219 * step);
    const auto difference = [&](const std::optional<Component>& component) {
        return component ? (chroma_at(*component, x, y, chroma) - 128 * step) / (224 * step) : 0;
    };
    const double cb = difference(colors[1]), cr = difference(colors[2]);
    return {luma + 1.402 * cr, luma - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587,
            luma + 1.772 * cb};
}

bool Card::is_opaque(unsigned x, unsigned y) const {
    return !layout_.alpha || get(*layout_.alpha, x, y) == 1;
}

std::vector<Pixel> Card::expected(const Pixel& background, const Rendering& rendering) const {
    std::vector<Pixel> pixels;
    const Color under{background[0] / 255.0, background[1] / 255.0, background[2] / 255.0};
    for (unsigned y = 0; y < geometry_.height; ++y) {
        for (unsigned x = 0; x < geometry_.width; ++x) {
            const auto stored = [&](double value) {
                const double clamped = std::clamp(value, 0.0, 1.0);
                return rendering.is_converted ? to_byte(clamped) / 255.0 : clamped;
            };
            const double alpha = layout_.alpha ? stored(get(*layout_.alpha, x, y)) : 1;
            const Color color = color_at(x, y, rendering.chroma);
            const auto seen = [&](unsigned i) {
                const double value = std::clamp(stored(color[i]) + rendering.off / 255, 0.0, 1.0);
                return to_byte(blend(value, alpha, under[i], rendering.blending));
            };
            pixels.push_back({seen(0), seen(1), seen(2)});
        }
    }
    return pixels;
}

} // namespace tarmac::inspect
