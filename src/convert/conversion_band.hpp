#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "convert/conversion.hpp"

namespace libyuv {
struct YuvConstants;
}

namespace tarmac {

/// Some rows of a picture, and the DRM_FORMAT_ARGB8888 that they become.
struct Band {
    std::array<Picture::Plane, MaxPlanes> in;
    std::uint8_t* out;
    int out_stride;
    int width, height;
    const libyuv::YuvConstants* matrix;
    bool is_gbr; ///< Y, U and V are green, blue and red, and `matrix` does nothing to grey
    std::vector<std::uint8_t>& scratch;

    int half_width() const { return (width + 1) / 2; }
};

struct Conversion {
    std::uint32_t fourcc;
    void (*convert)(const Band&); ///< alpha apart from colour: nothing is multiplied
};
std::span<const Conversion> rgb_conversions() noexcept;
std::span<const Conversion> yuv_conversions() noexcept;

/// Planes of scratch memory, as many as were asked for, `row` bytes by `height`. One call a band.
template <std::size_t N>
std::array<std::uint8_t*, N> reserve(const Band& band, int row, int height) {
    const auto size = static_cast<std::size_t>(row) * static_cast<std::size_t>(height);
    band.scratch.resize(std::max(band.scratch.size(), N * size));
    std::array<std::uint8_t*, N> planes;
    for (std::size_t i = 0; i < N; ++i)
        planes[i] = band.scratch.data() + i * size;
    return planes;
}

/// A component of `Bits`, 16 at most, in 8: rounded to the nearest.
template <unsigned Bits>
constexpr std::uint32_t to_byte(std::uint32_t value) {
    constexpr std::uint32_t Max = (1u << Bits) - 1;
    if constexpr (255 % Max == 0)
        return value * (255 / Max);
    constexpr auto Scale = static_cast<std::uint32_t>(((std::uint64_t{255} << 24) + Max / 2) / Max);
    return (value * Scale + (1u << 23)) >> 24;
}

/// Reads `width` elements a row, anywhere in memory, and writes what `Convert` makes of each.
/// Reading and writing the same memory is fine.
template <typename In, typename Out, Out (*Convert)(In)>
void convert_elements(const std::uint8_t* in, int in_stride, std::uint8_t* out, int out_stride,
                      int width, int height) {
    // Compilers make vector code of a loop that has a fixed number of rounds and arrays of its own.
    constexpr std::size_t Block = 16;
    std::array<In, Block> before{};
    std::array<Out, Block> after;
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* from = in + std::ptrdiff_t{y} * in_stride;
        std::uint8_t* to = out + std::ptrdiff_t{y} * out_stride;
        const auto convert = [&](std::size_t n) {
            std::memcpy(before.data(), from, n * sizeof(In));
            for (std::size_t i = 0; i < Block; ++i)
                after[i] = Convert(before[i]);
            std::memcpy(to, after.data(), n * sizeof(Out));
            from += n * sizeof(In);
            to += n * sizeof(Out);
        };
        auto left = static_cast<std::size_t>(width);
        for (; left >= Block; left -= Block)
            convert(Block);
        convert(left);
    }
}

} // namespace tarmac
