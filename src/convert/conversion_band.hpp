#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "convert/conversion.hpp"
#include "convert/vector_code.hpp"

namespace libyuv {
struct YuvConstants;
}

namespace tarmac {

/// Some rows of a picture, and the DRM_FORMAT_ARGB8888 that they become.
struct Band {
    const PixelFormat& format;
    std::array<Picture::Plane, MaxPlanes> in;
    std::uint8_t* out;
    int out_stride;
    int width, height;
    ColorState color;
    const libyuv::YuvConstants* matrix; ///< of `color`
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
std::span<const Conversion> deep_yuv_conversions() noexcept;

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

/// A component of `Bits` in 8: rounded to the nearest. No number on the way needs more than 16
/// bits: vectors hold twice as many of those as of 32, and not every CPU multiplies wider ones in
/// vectors.
template <unsigned Bits>
TARMAC_INLINED constexpr std::uint32_t to_byte(std::uint32_t value) {
    constexpr std::uint32_t Max = (1u << Bits) - 1;
    if constexpr (255 % Max == 0)
        return value * (255 / Max);
    else if constexpr (Bits == 3)
        return (value * 146 + 1) >> 2;
    else if constexpr (Bits == 5)
        return (value * 527 + 23) >> 6;
    else if constexpr (Bits == 6)
        return (value * 259 + 33) >> 6;
    // 255 / Max is a power of two, less a small part that takes off a few steps.
    else if constexpr (Bits == 10)
        return (value + 2 - ((value * 3 + Max) >> 10)) >> 2;
    else if constexpr (Bits == 12)
        return (value + 8 - ((value * 15 + Max) >> 12)) >> 4;
    else {
        static_assert(Bits == 16);
        // The upper half of a product, which vectors have an operation for.
        const auto scaled =
            static_cast<std::uint16_t>(static_cast<std::uint16_t>(value) * 65281u >> 16);
        return static_cast<std::uint16_t>(scaled + 128) >> 8;
    }
}

/// An element that is read in halves, so that vectors are of those.
struct Pair {
    std::uint32_t first, second;
};

template <typename In>
TARMAC_INLINED In load_element(const std::uint8_t* from) {
    In element;
    if constexpr (std::is_same_v<In, Pair>) {
        std::memcpy(&element.first, from, 4);
        std::memcpy(&element.second, from + 4, 4);
    } else {
        std::memcpy(&element, from, sizeof(In));
    }
    return element;
}

/// Reads `width` elements a row, anywhere in memory, and writes what `Convert` makes of each.
/// Reading and writing the same memory is fine.
template <typename In, typename Out, Out (*Convert)(In), bool IsRare = false>
void convert_elements(const std::uint8_t* in, int in_stride, std::uint8_t* out, int out_stride,
                      int width, int height) {
    constexpr std::size_t Block = 32, InSize = Block * sizeof(In), OutSize = Block * sizeof(Out);
    // Compilers make vector code of a loop that has a fixed number of rounds, and writes where
    // nothing is read.
    constexpr auto convert_block = [] [[gnu::always_inline]] (const std::uint8_t* from,
                                                              std::uint8_t* to) {
        Out after[Block];
        for (std::size_t i = 0; i < Block; ++i)
            after[i] = Convert(load_element<In>(from + i * sizeof(In)));
        std::memcpy(to, after, OutSize);
    };
    const auto convert = [&] [[gnu::always_inline]] () {
        for (int y = 0; y < height; ++y) {
            const std::uint8_t* from = in + std::ptrdiff_t{y} * in_stride;
            std::uint8_t* to = out + std::ptrdiff_t{y} * out_stride;
            auto left = static_cast<std::size_t>(width);
            for (; left >= Block; left -= Block, from += InSize, to += OutSize)
                convert_block(from, to);
            if (left > 0) {
                std::array<std::uint8_t, InSize> before{};
                std::array<std::uint8_t, OutSize> after;
                std::memcpy(before.data(), from, left * sizeof(In));
                convert_block(before.data(), after.data());
                std::memcpy(to, after.data(), left * sizeof(Out));
            }
        }
    };
    // What is rare gets no code of its own for each kind of vectors.
    if constexpr (IsRare)
        convert();
    else
        in_widest_vectors(convert);
}

} // namespace tarmac
