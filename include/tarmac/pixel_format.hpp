#pragma once

#include <tarmac/cxx23.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tarmac {

inline constexpr unsigned MaxPlanes = 4;

/// How one plane of a linear buffer is laid out. A block is the smallest group of samples that has
/// a whole number of bytes; most formats have one sample in it.
struct PlaneFormat {
    std::uint8_t bytes_per_block;
    std::uint8_t block_width;            ///< in samples of this plane
    std::uint8_t block_height;           ///< in samples of this plane
    std::uint8_t horizontal_subsampling; ///< pixels of the image per sample of this plane
    std::uint8_t vertical_subsampling;

    friend bool operator==(const PlaneFormat&, const PlaneFormat&) = default;
};

enum class ColorModel : std::uint8_t { Rgb, Yuv, Indexed };

/// What drm_fourcc.h says of a format. All numbers are those of the linear layout.
struct PixelFormat {
    std::uint32_t fourcc;  ///< DRM_FORMAT_*, from <drm_fourcc.h>
    std::string_view name; ///< what follows DRM_FORMAT_ there
    ColorModel model;
    bool has_alpha;
    std::uint8_t bits; ///< of the widest colour component
    std::uint8_t n_planes;
    /// The first `n_planes` are meant. Where bytes_per_block is 0 the format has no linear layout
    /// (DRM_FORMAT_YUV420_8BIT and its like exist only with a compressing modifier).
    std::array<PlaneFormat, MaxPlanes> planes;
    /// Pixels per chroma sample, also where chroma lies in one plane with luma; 1 for RGB.
    std::uint8_t chroma_horizontal = 1, chroma_vertical = 1;

    bool has_linear_layout() const noexcept { return planes[0].bytes_per_block != 0; }
    /// The least stride in bytes that holds a row of `plane` in an image `width` pixels wide.
    TARMAC_EXPORT std::uint64_t min_stride(unsigned plane, std::uint32_t width) const noexcept;
    /// Rows of blocks that `plane` has in an image `height` pixels high; what a stride counts.
    TARMAC_EXPORT std::uint64_t rows(unsigned plane, std::uint32_t height) const noexcept;
    /// Bytes from the first pixel of `plane` to the end of its last one. After the last row nothing
    /// has to follow up to the stride.
    TARMAC_EXPORT std::uint64_t size(unsigned plane, std::uint32_t width, std::uint32_t height,
                                     std::uint32_t stride) const noexcept;
};

/// How many planes an image of some format and modifier has.
struct PlaneCount {
    unsigned least, most;

    constexpr bool contains(unsigned n) const noexcept { return least <= n && n <= most; }
    friend bool operator==(const PlaneCount&, const PlaneCount&) = default;
};

/// The planes of `format` laid out as `modifier` says: the format's own, and the auxiliary ones
/// that <drm_fourcc.h> describes for compressing modifiers of Intel and AMD (compression state,
/// clear colour). Where a modifier's planes aren't documented, the format's own are the least and
/// MaxPlanes the most, and the importer has to tell.
TARMAC_EXPORT PlaneCount plane_count(const PixelFormat& format, std::uint64_t modifier) noexcept;

/// The facts of `fourcc`, or nullptr for one that <drm_fourcc.h> doesn't define (or defines only
/// as big-endian). The pointer is valid for ever. Any thread.
TARMAC_EXPORT const PixelFormat* find_pixel_format(std::uint32_t fourcc) noexcept;

/// Every format that find_pixel_format() knows.
TARMAC_EXPORT std::span<const PixelFormat> all_pixel_formats() noexcept;

/// `XR24 (XRGB8888)`, `NV12`, or the number in hexadecimal if the fourcc is unknown.
TARMAC_EXPORT std::string fourcc_name(std::uint32_t fourcc);
/// `LINEAR`, `INVALID (implicit)`, `I915_Y_TILED`, …, or the number in hexadecimal.
TARMAC_EXPORT std::string modifier_name(std::uint64_t modifier);

} // namespace tarmac
