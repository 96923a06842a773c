#pragma once

#include <array>

#include "convert/conversion.hpp"
#include "support/format_layout.hpp"

namespace test {

/// Blue, green, red and alpha, from 0 to 255; not a number where the picture has none.
using ReferencePixel = std::array<double, 4>;

/// What a pixel of `picture`, of the format that `layout` describes, is in premultiplied RGB: by
/// the definitions of drm_fourcc.h and H.273, in double precision. Chroma is that of the sample
/// which the pixel belongs to.
ReferencePixel reference_pixel(const tarmac::Picture& picture, const FormatLayout& layout,
                               unsigned x, unsigned y);

/// How far a conversion may be off, by what convert_to_argb() promises.
double reference_tolerance(const tarmac::Picture& picture, const FormatLayout& layout);

} // namespace test
