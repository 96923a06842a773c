#include "fuzz/content_image.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <drm_fourcc.h>

#include "color-representation-v1-client-protocol.h"

namespace fuzz {

namespace {

// At 8 pixman reads where it lies, at 4 and from below it is copied; what it doesn't know is
// converted.
constexpr Layout Layouts[] = {
    {DRM_FORMAT_XRGB8888, 16, 16, 0, false}, {DRM_FORMAT_XRGB8888, 16, 16, 4, false},
    {DRM_FORMAT_XRGB8888, 16, 16, 0, true},  {DRM_FORMAT_XRGB8888, 32, 16, 4, false},
    {DRM_FORMAT_ARGB8888, 16, 16, 8, false}, {DRM_FORMAT_ARGB8888, 16, 16, 4, false},
    {DRM_FORMAT_XBGR8888, 16, 16, 0, false}, {DRM_FORMAT_RGB565, 16, 16, 4, false},
    {DRM_FORMAT_NV12, 16, 16, 0, false},     {DRM_FORMAT_NV12, 32, 16, 0, true},
    {DRM_FORMAT_YUYV, 16, 16, 0, false},     {DRM_FORMAT_XRGB2101010, 16, 16, 0, false},
};

constexpr Encoding Encodings[] = {
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED, 0.299, 0.114, true},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL, 0.299, 0.114, false},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED, 0.2126, 0.0722, true},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL, 0.2126, 0.0722, false},
};

/// What a conversion may be beside, and colours of one image are apart more than twice.
constexpr double Tolerance = 3.5;

struct Yuv {
    std::uint8_t y, u, v;
};
Yuv yuv_of(std::uint8_t color) {
    return {static_cast<std::uint8_t>(60 + 40 * (color & 3)),
            static_cast<std::uint8_t>(color & 4 ? 100 : 145),
            static_cast<std::uint8_t>(color & 8 ? 110 : 155)};
}

bool is_half(const Layout& layout, std::uint8_t color) {
    return layout.fourcc == DRM_FORMAT_ARGB8888 && color & 8;
}
/// Red, green and blue, from all there is down.
std::array<std::uint32_t, 3> rgb_of(std::uint8_t color, std::uint32_t most) {
    return {color & 1 ? most : 0, color & 2 ? most : 0, color & 4 ? most : 0};
}

std::uint32_t pixel_of(const Layout& layout, std::uint8_t color) {
    const bool half = is_half(layout, color);
    const auto [red, green, blue] = rgb_of(color, half ? 0x80 : 0xff);
    switch (layout.fourcc) {
    case DRM_FORMAT_XBGR8888:
        return blue << 16 | green << 8 | red;
    case DRM_FORMAT_RGB565:
        return (red & 0xf8) << 8 | (green & 0xfc) << 3 | blue >> 3;
    case DRM_FORMAT_XRGB2101010: {
        const auto [r, g, b] = rgb_of(color, 1023);
        return r << 20 | g << 10 | b;
    }
    default:
        return (half ? 0x80u : 0xffu) << 24 | red << 16 | green << 8 | blue;
    }
}

/// The cell of the buffer that is seen at a cell of the surface: what
/// wl_surface.set_buffer_transform says was done to the content is undone.
std::array<unsigned, 2> cell_in_buffer(unsigned transform, unsigned x, unsigned y) {
    constexpr unsigned Last = Cells - 1;
    if (transform & 4) // flipped, and then turned
        x = Last - x;
    switch (transform & 3) {
    case 1:
        return {y, Last - x};
    case 2:
        return {Last - x, Last - y};
    case 3:
        return {Last - y, x};
    default:
        return {x, y};
    }
}

Geometry::Crop crop_of(const Geometry& geometry) {
    return geometry.crop.value_or(Geometry::Crop{0, 0, Cells, Cells});
}

bool is_near(const Rgb& wanted, std::uint32_t pixel) {
    const auto channel = [&](unsigned shift) { return static_cast<double>(pixel >> shift & 0xff); };
    return std::abs(wanted.red - channel(16)) <= Tolerance &&
           std::abs(wanted.green - channel(8)) <= Tolerance &&
           std::abs(wanted.blue - channel(0)) <= Tolerance;
}

} // namespace

std::span<const Layout> all_layouts() {
    return Layouts;
}
std::span<const Encoding> all_encodings() {
    return Encodings;
}

bool Layout::is_yuv() const {
    return fourcc == DRM_FORMAT_NV12 || fourcc == DRM_FORMAT_YUYV;
}
std::uint32_t Layout::stride() const {
    switch (fourcc) {
    case DRM_FORMAT_NV12:
        return width;
    case DRM_FORMAT_YUYV:
    case DRM_FORMAT_RGB565:
        return width * 2;
    default:
        return width * 4;
    }
}
unsigned Layout::n_planes() const {
    return fourcc == DRM_FORMAT_NV12 ? 2 : 1;
}
std::uint32_t Layout::offset_of(unsigned plane) const {
    return offset + plane * stride() * height;
}

void draw(const Layout& layout, const Frame& frame, std::span<std::uint8_t> memory) {
    const std::uint32_t stride = layout.stride();
    for (unsigned row = 0; row < layout.height; ++row) {
        const unsigned y = layout.is_y_inverted ? layout.height - 1 - row : row;
        std::uint8_t* at = memory.data() + layout.offset + row * stride;
        for (unsigned x = 0; x < layout.width; ++x) {
            const std::uint8_t color =
                frame[y * Cells / layout.height * Cells + x * Cells / layout.width];
            const Yuv yuv = yuv_of(color);
            if (layout.fourcc == DRM_FORMAT_NV12) {
                at[x] = yuv.y;
                // Cells are of an even size.
                std::uint8_t* chroma = memory.data() + layout.offset_of(1) + row / 2 * stride;
                chroma[x] = x % 2 ? yuv.v : yuv.u;
            } else if (layout.fourcc == DRM_FORMAT_YUYV) {
                at[x * 2] = yuv.y;
                at[x * 2 + 1] = x % 2 ? yuv.v : yuv.u;
            } else {
                const std::uint32_t pixel = pixel_of(layout, color);
                const std::size_t size = stride / layout.width;
                std::memcpy(at + x * size, &pixel, size);
            }
        }
    }
}

Rgb seen_color(const Layout& layout, std::uint8_t color, const Told& told) {
    if (!layout.is_yuv()) {
        const bool half = is_half(layout, color);
        const auto [red, green, blue] = rgb_of(color, half ? 0x80 : 0xff);
        const double factor = half && told.is_straight ? 0x80 / 255.0 : 1;
        return {red * factor, green * factor, blue * factor};
    }
    const Encoding& encoding = Encodings[told.encoding];
    const Yuv yuv = yuv_of(color);
    const double luma = encoding.is_limited ? (yuv.y - 16) * 255.0 / 219 : yuv.y;
    const double factor = encoding.is_limited ? 255.0 / 224 : 1;
    const double cb = (yuv.u - 128) * factor, cr = (yuv.v - 128) * factor;
    const double green = 1 - encoding.red - encoding.blue;
    const auto clamped = [](double value) { return std::clamp(value, 0.0, 255.0); };
    return {clamped(luma + 2 * (1 - encoding.red) * cr),
            clamped(luma - 2 * encoding.red * (1 - encoding.red) / green * cr -
                    2 * encoding.blue * (1 - encoding.blue) / green * cb),
            clamped(luma + 2 * (1 - encoding.blue) * cb)};
}

std::array<unsigned, 2> Shown::whole_size() const {
    if (!layout)
        return {0, 0};
    const unsigned width = layout->width / geometry.scale;
    const unsigned height = layout->height / geometry.scale;
    return geometry.transform & 1 ? std::array{height, width} : std::array{width, height};
}

std::array<unsigned, 2> Shown::size() const {
    const auto [width, height] = whole_size();
    if (!layout || geometry.size)
        return layout ? *geometry.size : std::array{0u, 0u};
    const auto crop = crop_of(geometry);
    return {width / Cells * crop.width, height / Cells * crop.height};
}

bool is_seen(const Shown& shown, const Seen& seen) {
    if (!shown.layout || seen.is_nothing())
        return !shown.layout && seen.is_nothing();
    const auto [width, height] = shown.size();
    if (seen.width != width || seen.height != height)
        return false;
    const auto crop = crop_of(shown.geometry);
    for (unsigned row = 0; row < crop.height; ++row) {
        for (unsigned column = 0; column < crop.width; ++column) {
            const auto [x, y] =
                cell_in_buffer(shown.geometry.transform, crop.x + column, crop.y + row);
            const unsigned seen_x = (2 * column + 1) * width / (2 * crop.width);
            const unsigned seen_y = (2 * row + 1) * height / (2 * crop.height);
            const Rgb wanted = seen_color(*shown.layout, shown.frame[y * Cells + x], shown.told);
            if (!is_near(wanted, seen.pixel(seen_x, seen_y)))
                return false;
        }
    }
    return true;
}

std::string to_string(const Shown& shown) {
    if (!shown.layout)
        return "nothing";
    const auto [width, height] = shown.size();
    const Geometry& geometry = shown.geometry;
    std::string text = std::to_string(width) + 'x' + std::to_string(height) + " of layout " +
                       std::to_string(shown.layout - Layouts) + ", transform " +
                       std::to_string(geometry.transform) + ", encoding " +
                       std::to_string(shown.told.encoding) +
                       (shown.told.is_straight ? ", straight" : "");
    const auto crop = crop_of(geometry);
    for (unsigned row = 0; row < crop.height; ++row) {
        for (unsigned column = 0; column < crop.width; ++column) {
            const auto [x, y] = cell_in_buffer(geometry.transform, crop.x + column, crop.y + row);
            const Rgb rgb = seen_color(*shown.layout, shown.frame[y * Cells + x], shown.told);
            char word[16];
            std::snprintf(word, sizeof word, "%s%02lx%02lx%02lx", column ? " " : "\n  ",
                          std::lround(rgb.red), std::lround(rgb.green), std::lround(rgb.blue));
            text += word;
        }
    }
    return text;
}

/// In the middle of as many cells as there may be.
std::string to_string(const Seen& seen) {
    if (seen.is_nothing())
        return "nothing";
    std::string text = std::to_string(seen.width) + 'x' + std::to_string(seen.height);
    for (unsigned i = 0; i < Cells * Cells; ++i) {
        const unsigned x = (2 * (i % Cells) + 1) * seen.width / (2 * Cells);
        const unsigned y = (2 * (i / Cells) + 1) * seen.height / (2 * Cells);
        char word[16];
        std::snprintf(word, sizeof word, "%s%06x", i % Cells ? " " : "\n  ",
                      seen.pixel(x, y) & 0xffffff);
        text += word;
    }
    return text;
}

} // namespace fuzz
