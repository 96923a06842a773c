#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <tarmac/error.hpp>
#include <tarmac/format_set.hpp>
#include <tarmac/geometry.hpp>

#include "dmabuf/memory_kind.hpp"
#include "import/colors.hpp"
#include "wlr/renderer_facts.hpp"

namespace tarmac {

/// How an image comes before a renderer.
enum class Way : std::uint8_t {
    Import,      ///< it imports the dma-bufs
    ReadInPlace, ///< it reads the mapped memory
    Copy,        ///< it gets a copy, the right way up
    Convert,     ///< it gets a copy in RGB of 8 bits with premultiplied alpha, the right way up
};
/// "imported", "read", "copied", "converted".
std::string_view way_name(Way way) noexcept;

/// What of an image decides how it is shown.
struct ImageFacts {
    /// Bytes to the first row, and from one row to the next.
    struct Place {
        std::uint32_t offset, stride;
    };

    FormatModifier format;
    Extent extent;
    unsigned n_planes;
    std::array<Place, MaxPlanes> planes;
    bool is_y_inverted = false;
    bool is_disjoint = false;                ///< its planes lie in several dma-bufs
    std::optional<unsigned> read_only_plane; ///< whose memory can't be mapped for writing
    /// Makes a difference to who reads it alone.
    MemoryKind memory = MemoryKind::Device;

    /// Where the memory lies, and what may be done to it, the kernel is asked only if it makes a
    /// difference to the renderer.
    static ImageFacts of(const Dmabuf& dmabuf, const RendererFacts& facts,
                         MemoryKind memory = MemoryKind::Device);
};

/// How a renderer shows an image whose numbers mean that. Errors say why it can't: InvalidFormat
/// where it is the pair of format and modifier, else ImportFailed.
Result<Way> decide(const RendererFacts& facts, const ImageFacts& image, const Colors& colors);
/// The same where Way::Import alone is to be had: an imported image that is inverted has to be
/// turned by who draws it, who also passes the encoding of YUV that isn't ColorState::of() it.
Result<void> decide_import(const RendererFacts& facts, const ImageFacts& image,
                           const Colors& colors);
/// The same where Way::Import isn't to be had.
Result<Way> decide_reading(const RendererFacts& facts, const ImageFacts& image,
                           const Colors& colors);

/// Whether decide_import() may take that pair.
bool may_import(const RendererFacts& facts, FormatModifier pair) noexcept;
/// All such pairs, as the renderer lists them.
FormatSet importable_formats(const RendererFacts& facts);
/// The pairs that decide_reading() may take; what renderers read themselves comes first.
FormatSet readable_formats(const RendererFacts& facts);

/// Whether rows of pixels lie one after the other, so that they can be read through a mapping.
bool is_linear(const RendererFacts& facts, std::uint64_t modifier) noexcept;
/// Whether the renderer reads linear memory of that format as it is.
bool reads(const RendererFacts& facts, const PixelFormat& format) noexcept;
/// Whether the colours of an imported image of that format are drawn right.
bool draws(const RendererFacts& facts, const PixelFormat& format, const Colors& colors) noexcept;
/// Way::Copy or Way::Convert, for an image that decide_reading() takes, wherever its rows lie.
Way way_of_copy(const RendererFacts& facts, const PixelFormat& format,
                const Colors& colors) noexcept;
/// Of what Way::Convert makes of `format`.
std::uint32_t converted_format(const PixelFormat& format) noexcept;
/// Whether linear copies of that format had best be given to the renderer as dma-bufs; it reads
/// them from memory otherwise.
bool imports_copies(const RendererFacts& facts, std::uint32_t fourcc) noexcept;

} // namespace tarmac
