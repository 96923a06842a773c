#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "import/decision.hpp"
#include "inspect/card.hpp"

namespace tarmac::inspect {

/// Of the picture whose colours are compared, in pixels.
inline constexpr Extent CardSize{64, 48};
/// Of the one that speed is measured with: cards side by side.
inline constexpr unsigned TilesAcross = 8, TilesDown = 10;

/// How pictures that are tried lie in memory. Rows are a whole number of 256 bytes, which GPUs
/// want, and of pixels, which readers want.
std::uint32_t stride_of(const PixelFormat& format, unsigned plane, std::uint64_t row_bytes);

/// What decides on a picture of CardSize in memory of that kind.
ImageFacts facts_of_sample(const PixelFormat& format, std::uint64_t modifier, MemoryKind memory);

/// The bytes of a picture.
struct Sample {
    Extent extent;
    std::array<ImageFacts::Place, MaxPlanes> planes{};
    unsigned n_planes = 0;
    std::vector<std::uint8_t> bytes;

    /// `card` as often as that, of `format`.
    static Sample tiled(const Card& card, const PixelFormat& format, unsigned across,
                        unsigned down);
};

} // namespace tarmac::inspect
