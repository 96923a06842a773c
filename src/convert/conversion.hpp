#pragma once

#include <array>
#include <cstdint>
#include <tarmac/color_state.hpp>
#include <tarmac/geometry.hpp>
#include <tarmac/pixel_format.hpp>

namespace tarmac {

/// A picture in linear memory. Strides in bytes.
struct Picture {
    struct Plane {
        const std::uint8_t* data;
        int stride;
    };

    const PixelFormat& format;
    Extent extent;
    std::array<Plane, MaxPlanes> planes;
    ColorState color;
    bool is_premultiplied; ///< the colours, once they are RGB
};

/// Whether convert_to_argb() knows the format.
bool is_convertible(std::uint32_t fourcc) noexcept;

/// Writes `part` of the picture, widened to whole chroma samples, to its place in `argb`: as large
/// as the picture, of DRM_FORMAT_ARGB8888 (premultiplied), `stride` bytes a row. A negative stride
/// goes upwards from the first row at `argb`, and so turns the picture upside down. The format must
/// be convertible; its samples may lie at any place. Of the colours matrix and range count: of RGB
/// the range alone. RGB in full range is rounded to the nearest step of 8 bits, all else is within
/// two of it; chroma samples are repeated, not interpolated.
void convert_to_argb(const Picture& picture, const Rect& part, std::uint8_t* argb, int stride);

} // namespace tarmac
