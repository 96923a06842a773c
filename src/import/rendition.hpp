#pragma once

#include <optional>
#include <vector>

#include "convert/region.hpp"
#include "dmabuf/linear_memory.hpp"
#include "import/decision.hpp"
#include "ready/mapping.hpp"

namespace tarmac {

/// What a copy of an image is to be: always the right way up.
struct Rendition {
    std::uint32_t fourcc = 0;   ///< of the copy
    bool is_imported = false;   ///< by the renderer, as a dma-buf; else it reads the copy's memory
    bool is_converted = false;  ///< to RGB of 8 bits, else the numbers stay
    bool is_y_inverted = false; ///< the image; the copy isn't
    Colors colors{ColorState::of(ColorModel::Rgb), true}; ///< of what is converted
    /// All that is seen of it: the pixels around are like those at its edge, since renderers that
    /// scale a part of a picture mix the next ones into its edge.
    std::optional<Rect> crop{};

    friend bool operator==(const Rendition&, const Rendition&) = default;
};

/// For an image that decide_reading() lets be copied or converted.
Rendition rendition_of(const RendererFacts& facts, const Dmabuf& image, const Colors& colors,
                       const std::optional<Rect>& crop = {});

/// Bytes from one row of a copy to the next: a multiple of 256, which is what importers demand at
/// most, and of the pixel.
std::size_t copy_stride(std::uint32_t fourcc, std::uint32_t width) noexcept;

/// Writes `part` to its place in the copy that begins at `copy`, perhaps with some pixels around
/// it. What lies outside the picture isn't touched. Any thread; between begin_read() and end_read()
/// of the mapping.
void render(const Mapping& mapping, const Rendition& rendition, const Rect& part,
            std::uint8_t* copy, std::size_t stride);

/// Renders all of `bands`, which bands_of() made, into a copy that lies at the beginning of
/// `memory`, which is allocated if need be. The rest of it becomes what it is in `base`, a copy as
/// large; nullptr: stays what it is. Then the edge of a crop is repeated. Done; Busy if somebody
/// writes to the image or uses the copy; Failed if the image can't be read, or was taken away
/// meanwhile, or there is no memory.
WorkerPool::Outcome render_bands(WorkerPool::Control& control, const Mapping& mapping,
                                 const Rendition& rendition, std::span<const Rect> bands,
                                 LinearMemory& memory, std::size_t stride,
                                 const LinearMemory* base = nullptr);

/// `region` of a picture in parts that can be rendered at the same time by several threads, since
/// none writes where another does.
std::vector<Rect> bands_of(const Rendition& rendition, Extent extent, const Region& region);

} // namespace tarmac
