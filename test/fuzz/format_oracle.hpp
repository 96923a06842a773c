#pragma once

#include <cstdint>
#include <tarmac/dmabuf.hpp>

namespace test {

/// Where nothing that clients can name runs over.
__extension__ typedef __int128 Wide;

/// How many planes an image of that format and modifier may have: from drm_fourcc.h where this file
/// knows the modifier, else what the library says, within what can be.
tarmac::PlaneCount expected_plane_count(const tarmac::PixelFormat& format, std::uint64_t modifier);

/// Bytes of a row of `plane`, without gaps.
Wide row_bytes(const tarmac::PixelFormat& format, unsigned plane, Wide width);
/// Rows that a stride counts.
Wide row_count(const tarmac::PixelFormat& format, unsigned plane, Wide height);

/// Whether rows lie one after the other.
bool has_rows(const tarmac::PixelFormat& format, std::uint64_t modifier);

/// Where `plane` ends, in bytes from the start of its dma-buf, by what Dmabuf::create() promises.
Wide expected_end(const tarmac::DmabufDescription& image, const tarmac::PixelFormat& format,
                  unsigned plane, tarmac::PlaneEnd end);

} // namespace test
