// RGB to ARGB8888, each component rounded to the nearest step: libyuv would cut deep ones off.

#include <bit>
#include <drm_fourcc.h>
#include <libyuv.h>
#include <string_view>

#include "convert/conversion_band.hpp"

namespace tarmac {

namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using i32 = std::int32_t;

struct Field {
    unsigned shift = 0, bits = 0;
};
struct Fields {
    Field red, green, blue, alpha;
};

/// As drm_fourcc.h has it: names from the highest bit on, and their widths.
consteval Fields fields(std::string_view names, std::array<unsigned, 4> widths) {
    Fields fields;
    unsigned shift = 0;
    for (std::size_t i = names.size(); i-- > 0; shift += widths[i]) {
        const Field field{shift, widths[i]};
        switch (names[i]) {
        case 'R':
            fields.red = field;
            break;
        case 'G':
            fields.green = field;
            break;
        case 'B':
            fields.blue = field;
            break;
        case 'A':
            fields.alpha = field;
            break;
        case 'L': // brightness
            fields.red = fields.green = fields.blue = field;
            break;
        }
    }
    return fields;
}

template <Field F>
TARMAC_INLINED constexpr u32 component(u32 word) {
    if constexpr (F.bits == 0)
        return 0;
    else
        return to_byte<F.bits>(word >> F.shift & ((1u << F.bits) - 1));
}

template <typename Word, Fields F>
TARMAC_INLINED u32 to_argb(Word word) {
    const u32 alpha = F.alpha.bits == 0 ? 255 : component<F.alpha>(word);
    return alpha << 24 | component<F.red>(word) << 16 | component<F.green>(word) << 8 |
           component<F.blue>(word);
}

/// A pixel in a word.
template <typename Word, Fields F, bool IsRare = false>
void packed(const Band& b) {
    convert_elements<Word, u32, to_argb<Word, F>, IsRare>(b.in[0].data, b.in[0].stride, b.out,
                                                          b.out_stride, b.width, b.height);
}
template <typename Word, Fields F>
constexpr auto rare = packed<Word, F, true>;

template <auto Convert>
void by_libyuv(const Band& b) {
    Convert(b.in[0].data, b.in[0].stride, b.out, b.out_stride, b.width, b.height);
}

/// Several components of a pixel, each in an element, first made bytes.
template <typename Element, u8 (*Narrow)(Element), int Components, auto Convert>
void deep(const Band& b) {
    Band narrow = b;
    const int stride = b.width * Components;
    const auto [bytes] = reserve<1>(b, stride, b.height);
    convert_elements<Element, u8, Narrow>(b.in[0].data, b.in[0].stride, bytes, stride, stride,
                                          b.height);
    narrow.in[0] = {bytes, stride};
    Convert(narrow);
}

/// Alpha in a plane of its own.
template <auto Convert>
void with_alpha_plane(const Band& b) {
    Convert(b);
    libyuv::ARGBCopyYToAlpha(b.in[1].data, b.in[1].stride, b.out, b.out_stride, b.width, b.height);
}

TARMAC_INLINED u8 from_16(u16 value) {
    return static_cast<u8>(to_byte<16>(value));
}

/// 10 bits at the upper end.
TARMAC_INLINED u8 from_high_10(u16 value) {
    return static_cast<u8>(to_byte<10>(value >> 6));
}

// Floats of one sign are in the order of their bits. What is below 2^-14, where a half has its
// smallest normal number, is black anyway, and slow to calculate with.

TARMAC_INLINED u8 from_float(std::int32_t bits) {
    const std::int32_t least = std::bit_cast<std::int32_t>(0x1p-14f);
    const std::int32_t most = std::bit_cast<std::int32_t>(1.0f);
    bits = bits < least ? least : bits;
    bits = bits > most ? most : bits;
    return static_cast<u8>(static_cast<int>(std::bit_cast<float>(bits) * 255 + 0.5f));
}

TARMAC_INLINED u8 from_half(std::int16_t half) {
    constexpr std::int16_t Least = 0x0400, Most = 0x3c00;
    half = half < Least ? Least : half;
    half = half > Most ? Most : half;
    // The same mantissa at a float's place, and the exponent's bias made a float's.
    const float unbiased = std::bit_cast<float>(u32{static_cast<u16>(half)} << 13);
    return static_cast<u8>(static_cast<int>(unbiased * (0x1p112f * 255) + 0.5f));
}

/// Bytes of two components in a word.
struct TwoBytes {
    u32 low, high;
};

TARMAC_INLINED TwoBytes from_two_16(u32 both) {
    // As to_byte<16>(), without a product: from v / 256 so much is taken off that it is v / 257.
    const u32 surplus = (both >> 7 & 0x01ff01ff) + 0x00010001;
    const u32 rounded = both - (surplus >> 1 & 0x01ff01ff) + 0x00800080;
    return {rounded >> 8 & 0xff, rounded >> 24};
}

TARMAC_INLINED TwoBytes from_two_halves(u32 both) {
    // At a float's place, whose sign and mantissa they have.
    const auto convert = [] [[gnu::always_inline]] (i32 bits) {
        constexpr i32 Least = 0x0400 << 13, Most = 0x3c00 << 13;
        bits = bits < Least ? Least : bits;
        bits = bits > Most ? Most : bits;
        // The exponent's bias made a float's
        return static_cast<u32>(
            static_cast<int>(std::bit_cast<float>(bits) * (0x1p112f * 255) + 0.5f));
    };
    const auto low = static_cast<i32>(both << 16) >> 3, high = static_cast<i32>(both) >> 3;
    return {convert(low), convert(high & ~0x1fff)};
}

/// Four components of two bytes. `ToBytes` is one of those above.
template <TwoBytes (*ToBytes)(u32), bool IsBlueFirst, bool HasAlpha>
TARMAC_INLINED u32 four_to_argb(Pair pixel) {
    const TwoBytes first = ToBytes(pixel.first), second = ToBytes(pixel.second);
    const u32 blue = IsBlueFirst ? first.low : second.low;
    const u32 red = IsBlueFirst ? second.low : first.low;
    const u32 alpha = HasAlpha ? second.high : 255;
    return alpha << 24 | red << 16 | first.high << 8 | blue;
}

template <TwoBytes (*ToBytes)(u32), bool IsBlueFirst, bool HasAlpha>
void four(const Band& b) {
    convert_elements<Pair, u32, four_to_argb<ToBytes, IsBlueFirst, HasAlpha>>(
        b.in[0].data, b.in[0].stride, b.out, b.out_stride, b.width, b.height);
}

template <int Components, auto Convert>
constexpr auto deep_16 = deep<u16, from_16, Components, Convert>;
template <int Components, auto Convert>
constexpr auto half_float = deep<std::int16_t, from_half, Components, Convert>;
template <int Components, auto Convert>
constexpr auto single_float = deep<std::int32_t, from_float, Components, Convert>;

constexpr auto grey = packed<u8, fields("L", {8})>;
constexpr auto red = packed<u8, fields("R", {8})>;
constexpr auto red_green = packed<u16, fields("RG", {8, 8})>;
constexpr auto green_red = packed<u16, fields("GR", {8, 8})>;
constexpr auto rgb565 = packed<u16, fields("RGB", {5, 6, 5})>;
constexpr auto bgr565 = packed<u16, fields("BGR", {5, 6, 5})>;
// libyuv names words of four bytes as drm_fourcc.h does, but not those of three. It has none
// without alpha.
constexpr auto rgb888 = by_libyuv<libyuv::RGB24ToARGB>;
constexpr auto bgr888 = by_libyuv<libyuv::RAWToARGB>;
constexpr auto argb8888 = by_libyuv<libyuv::ARGBCopy>;
constexpr auto abgr8888 = by_libyuv<libyuv::ABGRToARGB>;
constexpr auto xrgb8888 = packed<u32, fields("xRGB", {8, 8, 8, 8})>;
constexpr auto xbgr8888 = packed<u32, fields("xBGR", {8, 8, 8, 8})>;
constexpr auto rgbx8888 = packed<u32, fields("RGBx", {8, 8, 8, 8})>;
constexpr auto bgrx8888 = packed<u32, fields("BGRx", {8, 8, 8, 8})>;

constexpr Conversion conversions[] = {
    {DRM_FORMAT_R8, grey},
    {DRM_FORMAT_R10, rare<u16, fields("xL", {6, 10})>},
    {DRM_FORMAT_R12, rare<u16, fields("xL", {4, 12})>},
    {DRM_FORMAT_R16, deep_16<1, grey>},
    // Of floats drm_fourcc.h doesn't say that they are brightness.
    {DRM_FORMAT_R16F, half_float<1, red>},
    {DRM_FORMAT_R32F, single_float<1, red>},
    {DRM_FORMAT_RG88, red_green},
    {DRM_FORMAT_GR88, green_red},
    {DRM_FORMAT_RG1616, deep_16<2, red_green>},
    {DRM_FORMAT_GR1616, deep_16<2, green_red>},
    {DRM_FORMAT_GR1616F, half_float<2, green_red>},
    {DRM_FORMAT_GR3232F, single_float<2, green_red>},
    {DRM_FORMAT_RGB332, rare<u8, fields("RGB", {3, 3, 2})>},
    {DRM_FORMAT_BGR233, rare<u8, fields("BGR", {2, 3, 3})>},
    {DRM_FORMAT_XRGB4444, rare<u16, fields("xRGB", {4, 4, 4, 4})>},
    {DRM_FORMAT_XBGR4444, rare<u16, fields("xBGR", {4, 4, 4, 4})>},
    {DRM_FORMAT_RGBX4444, rare<u16, fields("RGBx", {4, 4, 4, 4})>},
    {DRM_FORMAT_BGRX4444, rare<u16, fields("BGRx", {4, 4, 4, 4})>},
    {DRM_FORMAT_ARGB4444, rare<u16, fields("ARGB", {4, 4, 4, 4})>},
    {DRM_FORMAT_ABGR4444, rare<u16, fields("ABGR", {4, 4, 4, 4})>},
    {DRM_FORMAT_RGBA4444, rare<u16, fields("RGBA", {4, 4, 4, 4})>},
    {DRM_FORMAT_BGRA4444, rare<u16, fields("BGRA", {4, 4, 4, 4})>},
    {DRM_FORMAT_XRGB1555, rare<u16, fields("xRGB", {1, 5, 5, 5})>},
    {DRM_FORMAT_XBGR1555, rare<u16, fields("xBGR", {1, 5, 5, 5})>},
    {DRM_FORMAT_RGBX5551, rare<u16, fields("RGBx", {5, 5, 5, 1})>},
    {DRM_FORMAT_BGRX5551, rare<u16, fields("BGRx", {5, 5, 5, 1})>},
    {DRM_FORMAT_ARGB1555, rare<u16, fields("ARGB", {1, 5, 5, 5})>},
    {DRM_FORMAT_ABGR1555, rare<u16, fields("ABGR", {1, 5, 5, 5})>},
    {DRM_FORMAT_RGBA5551, rare<u16, fields("RGBA", {5, 5, 5, 1})>},
    {DRM_FORMAT_BGRA5551, rare<u16, fields("BGRA", {5, 5, 5, 1})>},
    {DRM_FORMAT_RGB565, rgb565},
    {DRM_FORMAT_BGR565, bgr565},
    {DRM_FORMAT_RGB565_A8, with_alpha_plane<rgb565>},
    {DRM_FORMAT_BGR565_A8, with_alpha_plane<bgr565>},
    {DRM_FORMAT_RGB888, rgb888},
    {DRM_FORMAT_BGR888, bgr888},
    {DRM_FORMAT_RGB888_A8, with_alpha_plane<rgb888>},
    {DRM_FORMAT_BGR888_A8, with_alpha_plane<bgr888>},
    {DRM_FORMAT_XRGB8888, xrgb8888},
    {DRM_FORMAT_XBGR8888, xbgr8888},
    {DRM_FORMAT_RGBX8888, rgbx8888},
    {DRM_FORMAT_BGRX8888, bgrx8888},
    {DRM_FORMAT_XRGB8888_A8, with_alpha_plane<xrgb8888>},
    {DRM_FORMAT_XBGR8888_A8, with_alpha_plane<xbgr8888>},
    {DRM_FORMAT_RGBX8888_A8, with_alpha_plane<rgbx8888>},
    {DRM_FORMAT_BGRX8888_A8, with_alpha_plane<bgrx8888>},
    {DRM_FORMAT_ARGB8888, argb8888},
    {DRM_FORMAT_ABGR8888, abgr8888},
    {DRM_FORMAT_RGBA8888, by_libyuv<libyuv::RGBAToARGB>},
    {DRM_FORMAT_BGRA8888, by_libyuv<libyuv::BGRAToARGB>},
    {DRM_FORMAT_XRGB2101010, packed<u32, fields("xRGB", {2, 10, 10, 10})>},
    {DRM_FORMAT_XBGR2101010, packed<u32, fields("xBGR", {2, 10, 10, 10})>},
    {DRM_FORMAT_RGBX1010102, packed<u32, fields("RGBx", {10, 10, 10, 2})>},
    {DRM_FORMAT_BGRX1010102, packed<u32, fields("BGRx", {10, 10, 10, 2})>},
    {DRM_FORMAT_ARGB2101010, packed<u32, fields("ARGB", {2, 10, 10, 10})>},
    {DRM_FORMAT_ABGR2101010, packed<u32, fields("ABGR", {2, 10, 10, 10})>},
    {DRM_FORMAT_RGBA1010102, packed<u32, fields("RGBA", {10, 10, 10, 2})>},
    {DRM_FORMAT_BGRA1010102, packed<u32, fields("BGRA", {10, 10, 10, 2})>},
    {DRM_FORMAT_AXBXGXRX106106106106, deep<u16, from_high_10, 4, abgr8888>},
    {DRM_FORMAT_RGB161616, deep_16<3, rgb888>},
    {DRM_FORMAT_BGR161616, deep_16<3, bgr888>},
    {DRM_FORMAT_XRGB16161616, four<from_two_16, true, false>},
    {DRM_FORMAT_XBGR16161616, four<from_two_16, false, false>},
    {DRM_FORMAT_ARGB16161616, four<from_two_16, true, true>},
    {DRM_FORMAT_ABGR16161616, four<from_two_16, false, true>},
    {DRM_FORMAT_BGR161616F, half_float<3, bgr888>},
    {DRM_FORMAT_XRGB16161616F, four<from_two_halves, true, false>},
    {DRM_FORMAT_XBGR16161616F, four<from_two_halves, false, false>},
    {DRM_FORMAT_ARGB16161616F, four<from_two_halves, true, true>},
    {DRM_FORMAT_ABGR16161616F, four<from_two_halves, false, true>},
    {DRM_FORMAT_BGR323232F, single_float<3, bgr888>},
    {DRM_FORMAT_ABGR32323232F, single_float<4, abgr8888>},
};

} // namespace

std::span<const Conversion> rgb_conversions() noexcept {
    return conversions;
}

} // namespace tarmac
