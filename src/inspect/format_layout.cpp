#include "inspect/format_layout.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace tarmac::inspect {

namespace {

std::size_t divide_up(std::size_t value, std::size_t by) {
    return (value + by - 1) / by;
}

void set(FormatLayout& layout, char letter, const Component& component) {
    constexpr std::string_view Rgb = "RGB", Yuv = "YUV";
    if (letter == 'A')
        layout.alpha = component;
    else if (letter == 'L') // brightness
        layout.colors = {component, component, component};
    else if (const auto i = Rgb.find(letter); i != Rgb.npos)
        layout.colors[i] = component;
    else if (const auto j = Yuv.find(letter); j != Yuv.npos)
        layout.colors[j] = component;
}

/// A pixel in one word, its components named from the highest bit on, as drm_fourcc.h does. X
/// stands for what isn't used.
FormatLayout packed(std::uint32_t fourcc, std::string name, std::string_view letters,
                    std::initializer_list<unsigned> widths) {
    FormatLayout layout{.fourcc = fourcc, .name = std::move(name)};
    layout.is_yuv = letters.contains('Y');
    layout.is_float = layout.name.ends_with('F');
    unsigned pixel = 0;
    for (const unsigned width : widths)
        pixel += width;
    unsigned above = pixel;
    auto width = widths.begin();
    for (const char letter : letters) {
        above -= *width;
        set(layout, letter, {0, above, pixel, *width++});
    }
    return layout;
}

/// The same with alpha in a plane of its own.
FormatLayout with_alpha_plane(std::uint32_t fourcc, std::string name, std::string_view letters,
                              std::initializer_list<unsigned> widths) {
    FormatLayout layout = packed(fourcc, std::move(name), letters, widths);
    layout.n_planes = 2;
    layout.alpha = {1, 0, 8, 8};
    return layout;
}

/// Two pixels in four words of `word` bits, their order in memory as in `letters`; `bits` of each
/// are used, the upper ones.
FormatLayout packed_422(std::uint32_t fourcc, std::string name, std::string_view letters,
                        unsigned word = 8, unsigned bits = 8) {
    FormatLayout layout{.fourcc = fourcc, .name = std::move(name), .is_yuv = true, .horizontal = 2};
    for (unsigned i = 4; i-- > 0;) {
        const unsigned first = i * word + word - bits;
        set(layout, letters[i], {0, first, (letters[i] == 'Y' ? 2 : 4) * word, bits});
    }
    return layout;
}

struct Subsampling {
    unsigned horizontal, vertical;
};
constexpr Subsampling Full{1, 1}, Half{2, 1}, Quarter{2, 2}, Horizontal4{4, 1}, Both4{4, 4};

/// Luma, then chroma of both kinds in turns, `chroma` naming the first of them.
FormatLayout semiplanar(std::uint32_t fourcc, std::string name, Subsampling subsampling,
                        char chroma = 'U', unsigned word = 8, unsigned bits = 8) {
    FormatLayout layout{.fourcc = fourcc, .name = std::move(name), .is_yuv = true, .n_planes = 2};
    layout.horizontal = subsampling.horizontal;
    layout.vertical = subsampling.vertical;
    const unsigned unused = word - bits;
    set(layout, 'Y', {0, unused, word, bits});
    set(layout, chroma, {1, unused, 2 * word, bits});
    set(layout, chroma == 'U' ? 'V' : 'U', {1, word + unused, 2 * word, bits});
    return layout;
}

/// `unused` bits lie below the used ones.
FormatLayout planar(std::uint32_t fourcc, std::string name, Subsampling subsampling,
                    char chroma = 'U', unsigned word = 8, unsigned bits = 8, unsigned unused = 0) {
    FormatLayout layout{.fourcc = fourcc, .name = std::move(name), .is_yuv = true, .n_planes = 3};
    layout.horizontal = subsampling.horizontal;
    layout.vertical = subsampling.vertical;
    set(layout, 'Y', {0, unused, word, bits});
    set(layout, chroma, {1, unused, word, bits});
    set(layout, chroma == 'U' ? 'V' : 'U', {2, unused, word, bits});
    return layout;
}

#define FORMAT(NAME) DRM_FORMAT_##NAME, #NAME
// clang-format off
const std::vector<FormatLayout>& layouts() {
    static const std::vector<FormatLayout> all = {
        packed(FORMAT(R8), "L", {8}),
        packed(FORMAT(R10), "XL", {6, 10}),
        packed(FORMAT(R12), "XL", {4, 12}),
        packed(FORMAT(R16), "L", {16}),
        packed(FORMAT(RG88), "RG", {8, 8}),
        packed(FORMAT(GR88), "GR", {8, 8}),
        packed(FORMAT(RG1616), "RG", {16, 16}),
        packed(FORMAT(GR1616), "GR", {16, 16}),
        packed(FORMAT(R16F), "R", {16}),
        packed(FORMAT(GR1616F), "GR", {16, 16}),
        packed(FORMAT(BGR161616F), "BGR", {16, 16, 16}),
        packed(FORMAT(R32F), "R", {32}),
        packed(FORMAT(GR3232F), "GR", {32, 32}),
        packed(FORMAT(BGR323232F), "BGR", {32, 32, 32}),
        packed(FORMAT(ABGR32323232F), "ABGR", {32, 32, 32, 32}),
        packed(FORMAT(RGB332), "RGB", {3, 3, 2}),
        packed(FORMAT(BGR233), "BGR", {2, 3, 3}),
        packed(FORMAT(XRGB4444), "XRGB", {4, 4, 4, 4}),
        packed(FORMAT(XBGR4444), "XBGR", {4, 4, 4, 4}),
        packed(FORMAT(RGBX4444), "RGBX", {4, 4, 4, 4}),
        packed(FORMAT(BGRX4444), "BGRX", {4, 4, 4, 4}),
        packed(FORMAT(ARGB4444), "ARGB", {4, 4, 4, 4}),
        packed(FORMAT(ABGR4444), "ABGR", {4, 4, 4, 4}),
        packed(FORMAT(RGBA4444), "RGBA", {4, 4, 4, 4}),
        packed(FORMAT(BGRA4444), "BGRA", {4, 4, 4, 4}),
        packed(FORMAT(XRGB1555), "XRGB", {1, 5, 5, 5}),
        packed(FORMAT(XBGR1555), "XBGR", {1, 5, 5, 5}),
        packed(FORMAT(RGBX5551), "RGBX", {5, 5, 5, 1}),
        packed(FORMAT(BGRX5551), "BGRX", {5, 5, 5, 1}),
        packed(FORMAT(ARGB1555), "ARGB", {1, 5, 5, 5}),
        packed(FORMAT(ABGR1555), "ABGR", {1, 5, 5, 5}),
        packed(FORMAT(RGBA5551), "RGBA", {5, 5, 5, 1}),
        packed(FORMAT(BGRA5551), "BGRA", {5, 5, 5, 1}),
        packed(FORMAT(RGB565), "RGB", {5, 6, 5}),
        packed(FORMAT(BGR565), "BGR", {5, 6, 5}),
        packed(FORMAT(RGB888), "RGB", {8, 8, 8}),
        packed(FORMAT(BGR888), "BGR", {8, 8, 8}),
        packed(FORMAT(XRGB8888), "XRGB", {8, 8, 8, 8}),
        packed(FORMAT(XBGR8888), "XBGR", {8, 8, 8, 8}),
        packed(FORMAT(RGBX8888), "RGBX", {8, 8, 8, 8}),
        packed(FORMAT(BGRX8888), "BGRX", {8, 8, 8, 8}),
        packed(FORMAT(ARGB8888), "ARGB", {8, 8, 8, 8}),
        packed(FORMAT(ABGR8888), "ABGR", {8, 8, 8, 8}),
        packed(FORMAT(RGBA8888), "RGBA", {8, 8, 8, 8}),
        packed(FORMAT(BGRA8888), "BGRA", {8, 8, 8, 8}),
        packed(FORMAT(XRGB2101010), "XRGB", {2, 10, 10, 10}),
        packed(FORMAT(XBGR2101010), "XBGR", {2, 10, 10, 10}),
        packed(FORMAT(RGBX1010102), "RGBX", {10, 10, 10, 2}),
        packed(FORMAT(BGRX1010102), "BGRX", {10, 10, 10, 2}),
        packed(FORMAT(ARGB2101010), "ARGB", {2, 10, 10, 10}),
        packed(FORMAT(ABGR2101010), "ABGR", {2, 10, 10, 10}),
        packed(FORMAT(RGBA1010102), "RGBA", {10, 10, 10, 2}),
        packed(FORMAT(BGRA1010102), "BGRA", {10, 10, 10, 2}),
        packed(FORMAT(RGB161616), "RGB", {16, 16, 16}),
        packed(FORMAT(BGR161616), "BGR", {16, 16, 16}),
        packed(FORMAT(XRGB16161616), "XRGB", {16, 16, 16, 16}),
        packed(FORMAT(XBGR16161616), "XBGR", {16, 16, 16, 16}),
        packed(FORMAT(ARGB16161616), "ARGB", {16, 16, 16, 16}),
        packed(FORMAT(ABGR16161616), "ABGR", {16, 16, 16, 16}),
        packed(FORMAT(XRGB16161616F), "XRGB", {16, 16, 16, 16}),
        packed(FORMAT(XBGR16161616F), "XBGR", {16, 16, 16, 16}),
        packed(FORMAT(ARGB16161616F), "ARGB", {16, 16, 16, 16}),
        packed(FORMAT(ABGR16161616F), "ABGR", {16, 16, 16, 16}),
        packed(FORMAT(AXBXGXRX106106106106), "AXBXGXRX", {10, 6, 10, 6, 10, 6, 10, 6}),
        with_alpha_plane(FORMAT(RGB565_A8), "RGB", {5, 6, 5}),
        with_alpha_plane(FORMAT(BGR565_A8), "BGR", {5, 6, 5}),
        with_alpha_plane(FORMAT(RGB888_A8), "RGB", {8, 8, 8}),
        with_alpha_plane(FORMAT(BGR888_A8), "BGR", {8, 8, 8}),
        with_alpha_plane(FORMAT(XRGB8888_A8), "XRGB", {8, 8, 8, 8}),
        with_alpha_plane(FORMAT(XBGR8888_A8), "XBGR", {8, 8, 8, 8}),
        with_alpha_plane(FORMAT(RGBX8888_A8), "RGBX", {8, 8, 8, 8}),
        with_alpha_plane(FORMAT(BGRX8888_A8), "BGRX", {8, 8, 8, 8}),

        packed_422(FORMAT(YUYV), "YUYV"),
        packed_422(FORMAT(YVYU), "YVYU"),
        packed_422(FORMAT(UYVY), "UYVY"),
        packed_422(FORMAT(VYUY), "VYUY"),
        packed_422(FORMAT(Y210), "YUYV", 16, 10),
        packed_422(FORMAT(Y212), "YUYV", 16, 12),
        packed_422(FORMAT(Y216), "YUYV", 16, 16),
        packed(FORMAT(AYUV), "AYUV", {8, 8, 8, 8}),
        packed(FORMAT(AVUY8888), "AVUY", {8, 8, 8, 8}),
        packed(FORMAT(XYUV8888), "XYUV", {8, 8, 8, 8}),
        packed(FORMAT(XVUY8888), "XVUY", {8, 8, 8, 8}),
        packed(FORMAT(VUY888), "VUY", {8, 8, 8}),
        packed(FORMAT(XVUY2101010), "XVUY", {2, 10, 10, 10}),
        packed(FORMAT(Y410), "AVYU", {2, 10, 10, 10}),
        packed(FORMAT(Y412), "AXVXYXUX", {12, 4, 12, 4, 12, 4, 12, 4}),
        packed(FORMAT(Y416), "AVYU", {16, 16, 16, 16}),
        packed(FORMAT(XVYU2101010), "XVYU", {2, 10, 10, 10}),
        packed(FORMAT(XVYU12_16161616), "XXVXYXUX", {12, 4, 12, 4, 12, 4, 12, 4}),
        packed(FORMAT(XVYU16161616), "XVYU", {16, 16, 16, 16}),
        packed(FORMAT(Y8), "Y", {8}),

        semiplanar(FORMAT(NV12), Quarter),
        semiplanar(FORMAT(NV21), Quarter, 'V'),
        semiplanar(FORMAT(NV16), Half),
        semiplanar(FORMAT(NV61), Half, 'V'),
        semiplanar(FORMAT(NV24), Full),
        semiplanar(FORMAT(NV42), Full, 'V'),
        semiplanar(FORMAT(P010), Quarter, 'U', 16, 10),
        semiplanar(FORMAT(P012), Quarter, 'U', 16, 12),
        semiplanar(FORMAT(P016), Quarter, 'U', 16, 16),
        semiplanar(FORMAT(P210), Half, 'U', 16, 10),
        planar(FORMAT(YUV410), Both4),
        planar(FORMAT(YVU410), Both4, 'V'),
        planar(FORMAT(YUV411), Horizontal4),
        planar(FORMAT(YVU411), Horizontal4, 'V'),
        planar(FORMAT(YUV420), Quarter),
        planar(FORMAT(YVU420), Quarter, 'V'),
        planar(FORMAT(YUV422), Half),
        planar(FORMAT(YVU422), Half, 'V'),
        planar(FORMAT(YUV444), Full),
        planar(FORMAT(YVU444), Full, 'V'),
        planar(FORMAT(Q410), Full, 'U', 16, 10, 6),
        planar(FORMAT(Q401), Full, 'V', 16, 10, 6),
        planar(FORMAT(S010), Quarter, 'U', 16, 10),
        planar(FORMAT(S210), Half, 'U', 16, 10),
        planar(FORMAT(S410), Full, 'U', 16, 10),
        planar(FORMAT(S012), Quarter, 'U', 16, 12),
        planar(FORMAT(S212), Half, 'U', 16, 12),
        planar(FORMAT(S412), Full, 'U', 16, 12),
        planar(FORMAT(S016), Quarter, 'U', 16, 16),
        planar(FORMAT(S216), Half, 'U', 16, 16),
        planar(FORMAT(S416), Full, 'U', 16, 16),
    };
    return all;
}
// clang-format on
#undef FORMAT

} // namespace

std::size_t FormatLayout::row_bytes(unsigned plane, unsigned width) const {
    std::size_t bytes = 0;
    for (unsigned i = 0; i < 3; ++i) {
        if (!colors[i] || colors[i]->plane != plane)
            continue;
        const std::size_t samples = i > 0 ? divide_up(width, horizontal) : width;
        bytes = std::max(bytes, divide_up(samples * colors[i]->step, 8));
    }
    if (alpha && alpha->plane == plane)
        bytes = std::max(bytes, divide_up(std::size_t{width} * alpha->step, 8));
    return bytes;
}

std::size_t FormatLayout::rows(unsigned plane, unsigned height) const {
    return plane > 0 ? divide_up(height, vertical) : height;
}

std::span<const FormatLayout> all_format_layouts() {
    return layouts();
}

const FormatLayout* find_format_layout(std::uint32_t fourcc) {
    const auto& all = layouts();
    const auto found = std::ranges::find(all, fourcc, &FormatLayout::fourcc);
    return found != all.end() ? &*found : nullptr;
}

std::uint32_t read_bits(const std::uint8_t* bytes, std::size_t first, unsigned bits) {
    bytes += first / 8;
    const unsigned shift = first % 8;
    std::uint64_t word = 0;
    for (unsigned i = 0; i * 8 < shift + bits; ++i)
        word |= std::uint64_t{bytes[i]} << i * 8;
    return static_cast<std::uint32_t>(word >> shift & ((std::uint64_t{1} << bits) - 1));
}

void write_bits(std::uint8_t* bytes, std::size_t first, unsigned bits, std::uint32_t number) {
    bytes += first / 8;
    const unsigned shift = first % 8;
    const std::uint64_t mask = ((std::uint64_t{1} << bits) - 1) << shift,
                        word = std::uint64_t{number} << shift;
    for (unsigned i = 0; i * 8 < shift + bits; ++i)
        bytes[i] = static_cast<std::uint8_t>((bytes[i] & ~(mask >> i * 8)) | word >> i * 8);
}

} // namespace tarmac::inspect
