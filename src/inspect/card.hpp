#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "inspect/format_layout.hpp"

namespace tarmac::inspect {

/// Red, green and blue.
using Pixel = std::array<std::uint8_t, 3>;

/// How large a card is and how its planes lie in memory.
struct Geometry {
    unsigned width, height;
    unsigned offset = 0;         ///< of every plane from the one before it, in bytes
    unsigned padding = 0;        ///< of every row, in bytes
    bool has_many_files = false; ///< every plane in a dma-buf of its own
    bool is_reversed = false;    ///< the last plane lies, and is sent, first
};

/// How the chroma of a pixel is found where pixels share it.
enum class Chroma {
    /// It is that of the sample which the pixel belongs to.
    Repeated,
    /// Samples lie in the middle of their pixels, and between them chroma is interpolated; outside
    /// them it is the outermost's. What OpenGL and Vulkan call linear filtering, on planes of
    /// whole samples that are as wide and high as the picture.
    Linear,
};

/// How a pixel that is partly transparent is mixed with what lies under it.
enum class Blending {
    Electrical, ///< the stored numbers are
    Gamma22,    ///< the light is that they stand for, by a power of 2.2
};

/// Between the memory and the screen.
struct Rendering {
    Chroma chroma;
    Blending blending;
    bool is_converted = false; ///< to premultiplied 8 bits, before it is mixed with anything
    double off = 0;            ///< what conversion adds to a channel, of 255
};

/// A known picture: bars, ramps and edges between all neighbours, transparent in parts where the
/// format can be.
class Card {
public:
    struct Plane {
        unsigned file; ///< in files()
        std::uint32_t offset, stride;
    };

    Card(const FormatLayout& layout, const Geometry& geometry);

    const FormatLayout& layout() const { return layout_; }
    const Geometry& geometry() const { return geometry_; }
    const std::vector<Plane>& planes() const { return planes_; }
    /// The memory of each dma-buf. Between rows and before the first there is noise.
    const std::vector<std::vector<std::uint8_t>>& files() const { return files_; }

    /// What is seen of it on `background`, row by row, computed in double precision from what is
    /// stored, and rounded.
    std::vector<Pixel> expected(const Pixel& background, const Rendering& rendering) const;
    /// Whether nothing is seen through a pixel.
    bool is_opaque(unsigned x, unsigned y) const;

private:
    using Color = std::array<double, 3>;

    void lay_out();
    void draw();
    void put(const Component& component, unsigned x, unsigned y, double value);
    std::uint32_t read(const Component& component, unsigned x, unsigned y) const;
    double get(const Component& component, unsigned x, unsigned y) const;
    double chroma_at(const Component& component, unsigned x, unsigned y, Chroma chroma) const;
    Color color_at(unsigned x, unsigned y, Chroma chroma) const;

    const FormatLayout& layout_;
    Geometry geometry_;
    std::vector<Plane> planes_;
    std::vector<std::vector<std::uint8_t>> files_;
};

} // namespace tarmac::inspect
