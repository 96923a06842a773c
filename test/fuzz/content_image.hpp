#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace fuzz {

/// Pictures are made of as many cells across as down, each of one colour.
constexpr unsigned Cells = 4;
/// Numbers of colours, row by row, below NColors.
using Frame = std::array<std::uint8_t, Cells * Cells>;
constexpr unsigned NColors = 16;

/// How an image lies in memory.
struct Layout {
    std::uint32_t fourcc;
    std::uint32_t width, height;
    std::uint32_t offset; ///< of the first plane
    bool is_y_inverted;

    std::uint32_t stride() const;
    unsigned n_planes() const;
    bool is_yuv() const;
    std::uint32_t offset_of(unsigned plane) const;
};
std::span<const Layout> all_layouts();
constexpr std::size_t MostBytes = 4096;

/// What a client says of its colours; both are told of images that they mean nothing to, too.
struct Told {
    bool is_straight = false;
    unsigned encoding = 0; ///< in all_encodings()

    friend bool operator==(const Told&, const Told&) = default;
};
struct Encoding {
    std::uint32_t coefficients, range; ///< of wp_color_representation_surface_v1
    double red, blue;                  ///< weights in luma
    bool is_limited;
};
/// The first one is what YUV is without a word.
std::span<const Encoding> all_encodings();

struct Rgb {
    double red, green, blue;
};

void draw(const Layout& layout, const Frame& frame, std::span<std::uint8_t> memory);
/// What has to be seen of a colour before black.
Rgb seen_color(const Layout& layout, std::uint8_t color, const Told& told);

/// How a client wants a picture to be seen.
struct Geometry {
    unsigned transform = 0; ///< wl_output_transform
    unsigned scale = 1;
    struct Crop {
        unsigned x, y, width, height; ///< cells of what is seen without it
        friend bool operator==(const Crop&, const Crop&) = default;
    };
    std::optional<Crop> crop;
    std::optional<std::array<unsigned, 2>> size;

    friend bool operator==(const Geometry&, const Geometry&) = default;
};

/// What a surface shows.
struct Shown {
    const Layout* layout = nullptr; ///< nullptr: nothing
    Frame frame{};
    Told told;
    Geometry geometry;

    /// Of the surface, before it is cropped and scaled.
    std::array<unsigned, 2> whole_size() const;
    std::array<unsigned, 2> size() const;
};

/// What was seen of a surface.
struct Seen {
    unsigned width = 0, height = 0;
    const std::uint32_t* pixels = nullptr; ///< borrowed: XRGB8888, row by row; nullptr: nothing
    std::size_t stride = 0;                ///< pixels from a row to the next

    bool is_nothing() const { return width == 0 || height == 0; }
    std::uint32_t pixel(unsigned x, unsigned y) const { return pixels[y * stride + x]; }
};
bool is_seen(const Shown& shown, const Seen& seen);
std::string to_string(const Shown& shown);
std::string to_string(const Seen& seen);

} // namespace fuzz
