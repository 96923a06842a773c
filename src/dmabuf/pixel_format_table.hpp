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

constexpr PixelFormat rgb(std::uint32_t fourcc, std::string_view name, std::uint8_t bits,
                          std::uint8_t bytes) {
    return {fourcc, name, ColorModel::Rgb, false, bits, 1, {plane(bytes)}};
}
constexpr PixelFormat rgba(std::uint32_t fourcc, std::string_view name, std::uint8_t bits,
                           std::uint8_t bytes) {
    return {fourcc, name, ColorModel::Rgb, true, bits, 1, {plane(bytes)}};
}
/// RGB whose alpha lies in a second plane of one byte a pixel.
constexpr PixelFormat rgb_a8(std::uint32_t fourcc, std::string_view name, std::uint8_t bits,
                             std::uint8_t bytes) {
    return {fourcc, name, ColorModel::Rgb, true, bits, 2, {plane(bytes), plane(1)}};
}
/// Several pixels in a byte.
constexpr PixelFormat packed_bits(std::uint32_t fourcc, std::string_view name, ColorModel model,
                                  std::uint8_t bits) {
    return {
        fourcc, name, model, false, bits, 1, {plane(1, Full, static_cast<std::uint8_t>(8 / bits))}};
}
constexpr PixelFormat yuv_packed(std::uint32_t fourcc, std::string_view name, bool alpha,
                                 std::uint8_t bits, PlaneFormat layout, Subsampling chroma = Full) {
    return {fourcc, name,     ColorModel::Yuv,   alpha,          bits,
            1,      {layout}, chroma.horizontal, chroma.vertical};
}
/// Luma, then interleaved chroma twice as wide.
constexpr PixelFormat yuv_semiplanar(std::uint32_t fourcc, std::string_view name, std::uint8_t bits,
                                     Subsampling chroma) {
    const std::uint8_t bytes = bits > 8 ? 2 : 1;
    return {fourcc,
            name,
            ColorModel::Yuv,
            false,
            bits,
            2,
            {plane(bytes), plane(static_cast<std::uint8_t>(2 * bytes), chroma)},
            chroma.horizontal,
            chroma.vertical};
}
/// The same with 10-bit samples packed without gaps, or three in four bytes.
constexpr PixelFormat yuv_semiplanar_packed(std::uint32_t fourcc, std::string_view name,
                                            Subsampling chroma, PlaneFormat luma,
                                            std::uint8_t chroma_bytes,
                                            std::uint8_t chroma_block_width) {
    return {fourcc,
            name,
            ColorModel::Yuv,
            false,
            10,
            2,
            {luma, plane(chroma_bytes, chroma, chroma_block_width)},
            chroma.horizontal,
            chroma.vertical};
}
constexpr PixelFormat yuv_planar(std::uint32_t fourcc, std::string_view name, std::uint8_t bits,
                                 Subsampling chroma) {
    const std::uint8_t bytes = bits > 8 ? 2 : 1;
    return {fourcc,
            name,
            ColorModel::Yuv,
            false,
            bits,
            3,
            {plane(bytes), plane(bytes, chroma), plane(bytes, chroma)},
            chroma.horizontal,
            chroma.vertical};
}

} // namespace table

#define FORMAT(NAME) DRM_FORMAT_##NAME, #NAME
// clang-format off
inline constexpr auto pixel_format_table = [] {
    using namespace table;
    using enum ColorModel;
    return std::to_array<PixelFormat>({
        packed_bits(FORMAT(C1), Indexed, 1), packed_bits(FORMAT(C2), Indexed, 2),
        packed_bits(FORMAT(C4), Indexed, 4), packed_bits(FORMAT(C8), Indexed, 8),
        packed_bits(FORMAT(D1), Rgb, 1), packed_bits(FORMAT(D2), Rgb, 2),
        packed_bits(FORMAT(D4), Rgb, 4), packed_bits(FORMAT(D8), Rgb, 8),
        packed_bits(FORMAT(R1), Rgb, 1), packed_bits(FORMAT(R2), Rgb, 2),
        packed_bits(FORMAT(R4), Rgb, 4), packed_bits(FORMAT(R8), Rgb, 8),

        rgb(FORMAT(R10), 10, 2), rgb(FORMAT(R12), 12, 2), rgb(FORMAT(R16), 16, 2),
        rgb(FORMAT(RG88), 8, 2), rgb(FORMAT(GR88), 8, 2),
        rgb(FORMAT(RG1616), 16, 4), rgb(FORMAT(GR1616), 16, 4),
        rgb(FORMAT(R16F), 16, 2), rgb(FORMAT(GR1616F), 16, 4), rgb(FORMAT(BGR161616F), 16, 6),
        rgb(FORMAT(R32F), 32, 4), rgb(FORMAT(GR3232F), 32, 8), rgb(FORMAT(BGR323232F), 32, 12),
        rgba(FORMAT(ABGR32323232F), 32, 16),

        rgb(FORMAT(RGB332), 3, 1), rgb(FORMAT(BGR233), 3, 1),
        rgb(FORMAT(XRGB4444), 4, 2), rgb(FORMAT(XBGR4444), 4, 2),
        rgb(FORMAT(RGBX4444), 4, 2), rgb(FORMAT(BGRX4444), 4, 2),
        rgba(FORMAT(ARGB4444), 4, 2), rgba(FORMAT(ABGR4444), 4, 2),
        rgba(FORMAT(RGBA4444), 4, 2), rgba(FORMAT(BGRA4444), 4, 2),
        rgb(FORMAT(XRGB1555), 5, 2), rgb(FORMAT(XBGR1555), 5, 2),
        rgb(FORMAT(RGBX5551), 5, 2), rgb(FORMAT(BGRX5551), 5, 2),
        rgba(FORMAT(ARGB1555), 5, 2), rgba(FORMAT(ABGR1555), 5, 2),
        rgba(FORMAT(RGBA5551), 5, 2), rgba(FORMAT(BGRA5551), 5, 2),
        rgb(FORMAT(RGB565), 6, 2), rgb(FORMAT(BGR565), 6, 2),
        rgb(FORMAT(RGB888), 8, 3), rgb(FORMAT(BGR888), 8, 3),
        rgb(FORMAT(XRGB8888), 8, 4), rgb(FORMAT(XBGR8888), 8, 4),
        rgb(FORMAT(RGBX8888), 8, 4), rgb(FORMAT(BGRX8888), 8, 4),
        rgba(FORMAT(ARGB8888), 8, 4), rgba(FORMAT(ABGR8888), 8, 4),
        rgba(FORMAT(RGBA8888), 8, 4), rgba(FORMAT(BGRA8888), 8, 4),
        rgb(FORMAT(XRGB2101010), 10, 4), rgb(FORMAT(XBGR2101010), 10, 4),
        rgb(FORMAT(RGBX1010102), 10, 4), rgb(FORMAT(BGRX1010102), 10, 4),
        rgba(FORMAT(ARGB2101010), 10, 4), rgba(FORMAT(ABGR2101010), 10, 4),
        rgba(FORMAT(RGBA1010102), 10, 4), rgba(FORMAT(BGRA1010102), 10, 4),
        rgb(FORMAT(RGB161616), 16, 6), rgb(FORMAT(BGR161616), 16, 6),
        rgb(FORMAT(XRGB16161616), 16, 8), rgb(FORMAT(XBGR16161616), 16, 8),
        rgba(FORMAT(ARGB16161616), 16, 8), rgba(FORMAT(ABGR16161616), 16, 8),
        rgb(FORMAT(XRGB16161616F), 16, 8), rgb(FORMAT(XBGR16161616F), 16, 8),
        rgba(FORMAT(ARGB16161616F), 16, 8), rgba(FORMAT(ABGR16161616F), 16, 8),
        rgba(FORMAT(AXBXGXRX106106106106), 10, 8),
        rgb_a8(FORMAT(XRGB8888_A8), 8, 4), rgb_a8(FORMAT(XBGR8888_A8), 8, 4),
        rgb_a8(FORMAT(RGBX8888_A8), 8, 4), rgb_a8(FORMAT(BGRX8888_A8), 8, 4),
        rgb_a8(FORMAT(RGB888_A8), 8, 3), rgb_a8(FORMAT(BGR888_A8), 8, 3),
        rgb_a8(FORMAT(RGB565_A8), 6, 2), rgb_a8(FORMAT(BGR565_A8), 6, 2),

        yuv_packed(FORMAT(YUYV), false, 8, plane(4, Full, 2), Half),
        yuv_packed(FORMAT(YVYU), false, 8, plane(4, Full, 2), Half),
        yuv_packed(FORMAT(UYVY), false, 8, plane(4, Full, 2), Half),
        yuv_packed(FORMAT(VYUY), false, 8, plane(4, Full, 2), Half),
        yuv_packed(FORMAT(Y210), false, 10, plane(8, Full, 2), Half),
        yuv_packed(FORMAT(Y212), false, 12, plane(8, Full, 2), Half),
        yuv_packed(FORMAT(Y216), false, 16, plane(8, Full, 2), Half),
        yuv_packed(FORMAT(AYUV), true, 8, plane(4)),
        yuv_packed(FORMAT(AVUY8888), true, 8, plane(4)),
        yuv_packed(FORMAT(XYUV8888), false, 8, plane(4)),
        yuv_packed(FORMAT(XVUY8888), false, 8, plane(4)),
        yuv_packed(FORMAT(VUY888), false, 8, plane(3)),
        yuv_packed(FORMAT(VUY101010), false, 10, plane(0)),
        yuv_packed(FORMAT(XVUY2101010), false, 10, plane(4)),
        yuv_packed(FORMAT(Y410), true, 10, plane(4)),
        yuv_packed(FORMAT(Y412), true, 12, plane(8)),
        yuv_packed(FORMAT(Y416), true, 16, plane(8)),
        yuv_packed(FORMAT(XVYU2101010), false, 10, plane(4)),
        yuv_packed(FORMAT(XVYU12_16161616), false, 12, plane(8)),
        yuv_packed(FORMAT(XVYU16161616), false, 16, plane(8)),
        yuv_packed(FORMAT(Y0L0), true, 8, plane(8, Full, 2, 2), Quarter),
        yuv_packed(FORMAT(X0L0), false, 8, plane(8, Full, 2, 2), Quarter),
        yuv_packed(FORMAT(Y0L2), true, 10, plane(8, Full, 2, 2), Quarter),
        yuv_packed(FORMAT(X0L2), false, 10, plane(8, Full, 2, 2), Quarter),
        yuv_packed(FORMAT(YUV420_8BIT), false, 8, plane(0), Quarter),
        yuv_packed(FORMAT(YUV420_10BIT), false, 10, plane(0), Quarter),
        yuv_packed(FORMAT(Y8), false, 8, plane(1)),
        yuv_packed(FORMAT(XYYY2101010), false, 10, plane(4, Full, 3)),

        yuv_semiplanar(FORMAT(NV12), 8, Quarter), yuv_semiplanar(FORMAT(NV21), 8, Quarter),
        yuv_semiplanar(FORMAT(NV16), 8, Half), yuv_semiplanar(FORMAT(NV61), 8, Half),
        yuv_semiplanar(FORMAT(NV24), 8, Full), yuv_semiplanar(FORMAT(NV42), 8, Full),
        yuv_semiplanar(FORMAT(P010), 10, Quarter), yuv_semiplanar(FORMAT(P012), 12, Quarter),
        yuv_semiplanar(FORMAT(P016), 16, Quarter), yuv_semiplanar(FORMAT(P210), 10, Half),
        yuv_semiplanar_packed(FORMAT(NV15), Quarter, plane(5, Full, 4), 5, 2),
        yuv_semiplanar_packed(FORMAT(NV20), Half, plane(5, Full, 4), 5, 2),
        yuv_semiplanar_packed(FORMAT(NV30), Full, plane(5, Full, 4), 5, 2),
        yuv_semiplanar_packed(FORMAT(P030), Quarter, plane(4, Full, 3), 8, 3),
        yuv_semiplanar_packed(FORMAT(P230), Half, plane(4, Full, 3), 8, 3),

        yuv_planar(FORMAT(YUV410), 8, Both4), yuv_planar(FORMAT(YVU410), 8, Both4),
        yuv_planar(FORMAT(YUV411), 8, Horizontal4), yuv_planar(FORMAT(YVU411), 8, Horizontal4),
        yuv_planar(FORMAT(YUV420), 8, Quarter), yuv_planar(FORMAT(YVU420), 8, Quarter),
        yuv_planar(FORMAT(YUV422), 8, Half), yuv_planar(FORMAT(YVU422), 8, Half),
        yuv_planar(FORMAT(YUV444), 8, Full), yuv_planar(FORMAT(YVU444), 8, Full),
        yuv_planar(FORMAT(Q410), 10, Full), yuv_planar(FORMAT(Q401), 10, Full),
        PixelFormat{FORMAT(T430), Yuv, false, 10, 3,
                    {plane(4, Full, 3), plane(4, Full, 3), plane(4, Full, 3)}},
        yuv_planar(FORMAT(S010), 10, Quarter), yuv_planar(FORMAT(S210), 10, Half),
        yuv_planar(FORMAT(S410), 10, Full), yuv_planar(FORMAT(S012), 12, Quarter),
        yuv_planar(FORMAT(S212), 12, Half), yuv_planar(FORMAT(S412), 12, Full),
        yuv_planar(FORMAT(S016), 16, Quarter), yuv_planar(FORMAT(S216), 16, Half),
        yuv_planar(FORMAT(S416), 16, Full),
    });
}();
// clang-format on
#undef FORMAT

} // namespace tarmac
