#pragma once

// The facts of <drm_fourcc.h> and of the kernel's format rules, a line a format.

#include <array>
#include <drm_fourcc.h>
#include <tarmac/pixel_format.hpp>

namespace tarmac {

namespace table {

struct Subsampling {
    std::uint8_t horizontal, vertical;
};
inline constexpr Subsampling Full{1, 1}, Half{2, 1}, Quarter{2, 2}, Horizontal4{4, 1}, Both4{4, 4};

constexpr PlaneFormat plane(std::uint8_t bytes, Subsampling subsampling = Full,
                            std::uint8_t block_width = 1, std::uint8_t block_height = 1) {
    return {bytes, block_width, block_height, subsampling.horizontal, subsampling.vertical};
}

constexpr PixelFormat rgb(std::uint32_t fourcc, std::uint8_t bits, std::uint8_t bytes) {
    return {fourcc, ColorModel::Rgb, false, bits, 1, {plane(bytes)}};
}
constexpr PixelFormat rgba(std::uint32_t fourcc, std::uint8_t bits, std::uint8_t bytes) {
    return {fourcc, ColorModel::Rgb, true, bits, 1, {plane(bytes)}};
}
/// RGB whose alpha lies in a second plane of one byte a pixel.
constexpr PixelFormat rgb_a8(std::uint32_t fourcc, std::uint8_t bits, std::uint8_t bytes) {
    return {fourcc, ColorModel::Rgb, true, bits, 2, {plane(bytes), plane(1)}};
}
/// Several pixels in a byte.
constexpr PixelFormat packed_bits(std::uint32_t fourcc, ColorModel model, std::uint8_t bits) {
    return {fourcc, model, false, bits, 1, {plane(1, Full, static_cast<std::uint8_t>(8 / bits))}};
}
constexpr PixelFormat yuv_packed(std::uint32_t fourcc, bool alpha, std::uint8_t bits,
                                 PlaneFormat layout) {
    return {fourcc, ColorModel::Yuv, alpha, bits, 1, {layout}};
}
/// Luma, then interleaved chroma twice as wide.
constexpr PixelFormat yuv_semiplanar(std::uint32_t fourcc, std::uint8_t bits, Subsampling chroma) {
    const std::uint8_t bytes = bits > 8 ? 2 : 1;
    return {fourcc, ColorModel::Yuv, false, bits, 2,
            {plane(bytes), plane(static_cast<std::uint8_t>(2 * bytes), chroma)}};
}
/// The same with 10-bit samples packed without gaps, or three in four bytes.
constexpr PixelFormat yuv_semiplanar_packed(std::uint32_t fourcc, Subsampling chroma,
                                            PlaneFormat luma, std::uint8_t chroma_bytes,
                                            std::uint8_t chroma_block_width) {
    return {fourcc, ColorModel::Yuv, false, 10, 2,
            {luma, plane(chroma_bytes, chroma, chroma_block_width)}};
}
constexpr PixelFormat yuv_planar(std::uint32_t fourcc, std::uint8_t bits, Subsampling chroma) {
    const std::uint8_t bytes = bits > 8 ? 2 : 1;
    return {fourcc, ColorModel::Yuv, false, bits, 3,
            {plane(bytes), plane(bytes, chroma), plane(bytes, chroma)}};
}

} // namespace table

// clang-format off
inline constexpr auto pixel_format_table = [] {
    using namespace table;
    using enum ColorModel;
    return std::to_array<PixelFormat>({
        packed_bits(DRM_FORMAT_C1, Indexed, 1), packed_bits(DRM_FORMAT_C2, Indexed, 2),
        packed_bits(DRM_FORMAT_C4, Indexed, 4), packed_bits(DRM_FORMAT_C8, Indexed, 8),
        packed_bits(DRM_FORMAT_D1, Rgb, 1), packed_bits(DRM_FORMAT_D2, Rgb, 2),
        packed_bits(DRM_FORMAT_D4, Rgb, 4), packed_bits(DRM_FORMAT_D8, Rgb, 8),
        packed_bits(DRM_FORMAT_R1, Rgb, 1), packed_bits(DRM_FORMAT_R2, Rgb, 2),
        packed_bits(DRM_FORMAT_R4, Rgb, 4), packed_bits(DRM_FORMAT_R8, Rgb, 8),

        rgb(DRM_FORMAT_R10, 10, 2), rgb(DRM_FORMAT_R12, 12, 2), rgb(DRM_FORMAT_R16, 16, 2),
        rgb(DRM_FORMAT_RG88, 8, 2), rgb(DRM_FORMAT_GR88, 8, 2),
        rgb(DRM_FORMAT_RG1616, 16, 4), rgb(DRM_FORMAT_GR1616, 16, 4),
        rgb(DRM_FORMAT_R16F, 16, 2), rgb(DRM_FORMAT_GR1616F, 16, 4), rgb(DRM_FORMAT_BGR161616F, 16, 6),
        rgb(DRM_FORMAT_R32F, 32, 4), rgb(DRM_FORMAT_GR3232F, 32, 8), rgb(DRM_FORMAT_BGR323232F, 32, 12),
        rgba(DRM_FORMAT_ABGR32323232F, 32, 16),

        rgb(DRM_FORMAT_RGB332, 3, 1), rgb(DRM_FORMAT_BGR233, 3, 1),
        rgb(DRM_FORMAT_XRGB4444, 4, 2), rgb(DRM_FORMAT_XBGR4444, 4, 2),
        rgb(DRM_FORMAT_RGBX4444, 4, 2), rgb(DRM_FORMAT_BGRX4444, 4, 2),
        rgba(DRM_FORMAT_ARGB4444, 4, 2), rgba(DRM_FORMAT_ABGR4444, 4, 2),
        rgba(DRM_FORMAT_RGBA4444, 4, 2), rgba(DRM_FORMAT_BGRA4444, 4, 2),
        rgb(DRM_FORMAT_XRGB1555, 5, 2), rgb(DRM_FORMAT_XBGR1555, 5, 2),
        rgb(DRM_FORMAT_RGBX5551, 5, 2), rgb(DRM_FORMAT_BGRX5551, 5, 2),
        rgba(DRM_FORMAT_ARGB1555, 5, 2), rgba(DRM_FORMAT_ABGR1555, 5, 2),
        rgba(DRM_FORMAT_RGBA5551, 5, 2), rgba(DRM_FORMAT_BGRA5551, 5, 2),
        rgb(DRM_FORMAT_RGB565, 6, 2), rgb(DRM_FORMAT_BGR565, 6, 2),
        rgb(DRM_FORMAT_RGB888, 8, 3), rgb(DRM_FORMAT_BGR888, 8, 3),
        rgb(DRM_FORMAT_XRGB8888, 8, 4), rgb(DRM_FORMAT_XBGR8888, 8, 4),
        rgb(DRM_FORMAT_RGBX8888, 8, 4), rgb(DRM_FORMAT_BGRX8888, 8, 4),
        rgba(DRM_FORMAT_ARGB8888, 8, 4), rgba(DRM_FORMAT_ABGR8888, 8, 4),
        rgba(DRM_FORMAT_RGBA8888, 8, 4), rgba(DRM_FORMAT_BGRA8888, 8, 4),
        rgb(DRM_FORMAT_XRGB2101010, 10, 4), rgb(DRM_FORMAT_XBGR2101010, 10, 4),
        rgb(DRM_FORMAT_RGBX1010102, 10, 4), rgb(DRM_FORMAT_BGRX1010102, 10, 4),
        rgba(DRM_FORMAT_ARGB2101010, 10, 4), rgba(DRM_FORMAT_ABGR2101010, 10, 4),
        rgba(DRM_FORMAT_RGBA1010102, 10, 4), rgba(DRM_FORMAT_BGRA1010102, 10, 4),
        rgb(DRM_FORMAT_RGB161616, 16, 6), rgb(DRM_FORMAT_BGR161616, 16, 6),
        rgb(DRM_FORMAT_XRGB16161616, 16, 8), rgb(DRM_FORMAT_XBGR16161616, 16, 8),
        rgba(DRM_FORMAT_ARGB16161616, 16, 8), rgba(DRM_FORMAT_ABGR16161616, 16, 8),
        rgb(DRM_FORMAT_XRGB16161616F, 16, 8), rgb(DRM_FORMAT_XBGR16161616F, 16, 8),
        rgba(DRM_FORMAT_ARGB16161616F, 16, 8), rgba(DRM_FORMAT_ABGR16161616F, 16, 8),
        rgba(DRM_FORMAT_AXBXGXRX106106106106, 10, 8),
        rgb_a8(DRM_FORMAT_XRGB8888_A8, 8, 4), rgb_a8(DRM_FORMAT_XBGR8888_A8, 8, 4),
        rgb_a8(DRM_FORMAT_RGBX8888_A8, 8, 4), rgb_a8(DRM_FORMAT_BGRX8888_A8, 8, 4),
        rgb_a8(DRM_FORMAT_RGB888_A8, 8, 3), rgb_a8(DRM_FORMAT_BGR888_A8, 8, 3),
        rgb_a8(DRM_FORMAT_RGB565_A8, 6, 2), rgb_a8(DRM_FORMAT_BGR565_A8, 6, 2),

        yuv_packed(DRM_FORMAT_YUYV, false, 8, plane(4, Full, 2)),
        yuv_packed(DRM_FORMAT_YVYU, false, 8, plane(4, Full, 2)),
        yuv_packed(DRM_FORMAT_UYVY, false, 8, plane(4, Full, 2)),
        yuv_packed(DRM_FORMAT_VYUY, false, 8, plane(4, Full, 2)),
        yuv_packed(DRM_FORMAT_Y210, false, 10, plane(8, Full, 2)),
        yuv_packed(DRM_FORMAT_Y212, false, 12, plane(8, Full, 2)),
        yuv_packed(DRM_FORMAT_Y216, false, 16, plane(8, Full, 2)),
        yuv_packed(DRM_FORMAT_AYUV, true, 8, plane(4)),
        yuv_packed(DRM_FORMAT_AVUY8888, true, 8, plane(4)),
        yuv_packed(DRM_FORMAT_XYUV8888, false, 8, plane(4)),
        yuv_packed(DRM_FORMAT_XVUY8888, false, 8, plane(4)),
        yuv_packed(DRM_FORMAT_VUY888, false, 8, plane(3)),
        yuv_packed(DRM_FORMAT_VUY101010, false, 10, plane(0)),
        yuv_packed(DRM_FORMAT_XVUY2101010, false, 10, plane(4)),
        yuv_packed(DRM_FORMAT_Y410, true, 10, plane(4)),
        yuv_packed(DRM_FORMAT_Y412, true, 12, plane(8)),
        yuv_packed(DRM_FORMAT_Y416, true, 16, plane(8)),
        yuv_packed(DRM_FORMAT_XVYU2101010, false, 10, plane(4)),
        yuv_packed(DRM_FORMAT_XVYU12_16161616, false, 12, plane(8)),
        yuv_packed(DRM_FORMAT_XVYU16161616, false, 16, plane(8)),
        yuv_packed(DRM_FORMAT_Y0L0, true, 8, plane(8, Full, 2, 2)),
        yuv_packed(DRM_FORMAT_X0L0, false, 8, plane(8, Full, 2, 2)),
        yuv_packed(DRM_FORMAT_Y0L2, true, 10, plane(8, Full, 2, 2)),
        yuv_packed(DRM_FORMAT_X0L2, false, 10, plane(8, Full, 2, 2)),
        yuv_packed(DRM_FORMAT_YUV420_8BIT, false, 8, plane(0)),
        yuv_packed(DRM_FORMAT_YUV420_10BIT, false, 10, plane(0)),
        yuv_packed(DRM_FORMAT_Y8, false, 8, plane(1)),
        yuv_packed(DRM_FORMAT_XYYY2101010, false, 10, plane(4, Full, 3)),

        yuv_semiplanar(DRM_FORMAT_NV12, 8, Quarter), yuv_semiplanar(DRM_FORMAT_NV21, 8, Quarter),
        yuv_semiplanar(DRM_FORMAT_NV16, 8, Half), yuv_semiplanar(DRM_FORMAT_NV61, 8, Half),
        yuv_semiplanar(DRM_FORMAT_NV24, 8, Full), yuv_semiplanar(DRM_FORMAT_NV42, 8, Full),
        yuv_semiplanar(DRM_FORMAT_P010, 10, Quarter), yuv_semiplanar(DRM_FORMAT_P012, 12, Quarter),
        yuv_semiplanar(DRM_FORMAT_P016, 16, Quarter), yuv_semiplanar(DRM_FORMAT_P210, 10, Half),
        yuv_semiplanar_packed(DRM_FORMAT_NV15, Quarter, plane(5, Full, 4), 5, 2),
        yuv_semiplanar_packed(DRM_FORMAT_NV20, Half, plane(5, Full, 4), 5, 2),
        yuv_semiplanar_packed(DRM_FORMAT_NV30, Full, plane(5, Full, 4), 5, 2),
        yuv_semiplanar_packed(DRM_FORMAT_P030, Quarter, plane(4, Full, 3), 8, 3),
        yuv_semiplanar_packed(DRM_FORMAT_P230, Half, plane(4, Full, 3), 8, 3),

        yuv_planar(DRM_FORMAT_YUV410, 8, Both4), yuv_planar(DRM_FORMAT_YVU410, 8, Both4),
        yuv_planar(DRM_FORMAT_YUV411, 8, Horizontal4), yuv_planar(DRM_FORMAT_YVU411, 8, Horizontal4),
        yuv_planar(DRM_FORMAT_YUV420, 8, Quarter), yuv_planar(DRM_FORMAT_YVU420, 8, Quarter),
        yuv_planar(DRM_FORMAT_YUV422, 8, Half), yuv_planar(DRM_FORMAT_YVU422, 8, Half),
        yuv_planar(DRM_FORMAT_YUV444, 8, Full), yuv_planar(DRM_FORMAT_YVU444, 8, Full),
        yuv_planar(DRM_FORMAT_Q410, 10, Full), yuv_planar(DRM_FORMAT_Q401, 10, Full),
        PixelFormat{DRM_FORMAT_T430, Yuv, false, 10, 3,
                    {plane(4, Full, 3), plane(4, Full, 3), plane(4, Full, 3)}},
        yuv_planar(DRM_FORMAT_S010, 10, Quarter), yuv_planar(DRM_FORMAT_S210, 10, Half),
        yuv_planar(DRM_FORMAT_S410, 10, Full), yuv_planar(DRM_FORMAT_S012, 12, Quarter),
        yuv_planar(DRM_FORMAT_S212, 12, Half), yuv_planar(DRM_FORMAT_S412, 12, Full),
        yuv_planar(DRM_FORMAT_S016, 16, Quarter), yuv_planar(DRM_FORMAT_S216, 16, Half),
        yuv_planar(DRM_FORMAT_S416, 16, Full),
    });
}();
// clang-format on

} // namespace tarmac
