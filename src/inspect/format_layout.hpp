#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tarmac::inspect {

/// Where a component's samples lie in the linear layout: in `plane`, `bits` wide, `first` bits from
/// its start and `step` bits apart. Bytes and words are little-endian.
struct Component {
    unsigned plane, first, step, bits;
};

/// A format as drm_fourcc.h describes it, told apart from how the library does.
struct FormatLayout {
    std::uint32_t fourcc;
    std::string name; ///< what follows DRM_FORMAT_ there
    bool is_yuv = false, is_float = false;
    unsigned n_planes = 1;
    /// Red, green and blue, or Y, U and V. What is missing is 0.
    std::array<std::optional<Component>, 3> colors{};
    std::optional<Component> alpha{};
    unsigned horizontal = 1, vertical = 1; ///< pixels that share a sample of U and V

    unsigned bits() const { return colors[0]->bits; }
    /// The least bytes that hold a row of `plane` in a picture of `width` pixels.
    std::size_t row_bytes(unsigned plane, unsigned width) const;
    std::size_t rows(unsigned plane, unsigned height) const;
    /// Whether samples of YUV lie in words of two bytes, which they may leave empty in part.
    bool has_words() const { return is_yuv && bits() > 8; }
};

/// Every format that can be drawn.
std::span<const FormatLayout> all_format_layouts();
/// nullptr for any other.
const FormatLayout* find_format_layout(std::uint32_t fourcc);

/// A component's number `bits` wide, `first` bits from `bytes` on.
std::uint32_t read_bits(const std::uint8_t* bytes, std::size_t first, unsigned bits);
void write_bits(std::uint8_t* bytes, std::size_t first, unsigned bits, std::uint32_t number);

} // namespace tarmac::inspect
