#include "fuzz/format_oracle.hpp"

#include <drm_fourcc.h>

#include "fuzz/input.hpp"
#include "support/format_layout.hpp"

namespace test {

using namespace tarmac;

namespace {

Wide divide_up(Wide value, Wide by) {
    return value / by + (value % by != 0);
}

} // namespace

PlaneCount expected_plane_count(const PixelFormat& format, std::uint64_t modifier) {
    const unsigned n = format.n_planes;
    switch (modifier) {
    case DRM_FORMAT_MOD_LINEAR:
    case DRM_FORMAT_MOD_INVALID:
    case I915_FORMAT_MOD_X_TILED:
    case I915_FORMAT_MOD_Y_TILED:
    case I915_FORMAT_MOD_4_TILED:
    case DRM_FORMAT_MOD_BROADCOM_VC4_T_TILED:
    case DRM_FORMAT_MOD_QCOM_COMPRESSED:
        return {n, n};
    // Color control surfaces, a plane for each
    case I915_FORMAT_MOD_Y_TILED_CCS:
    case I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS:
        return {2 * n, 2 * n};
    case I915_FORMAT_MOD_Y_TILED_GEN12_RC_CCS_CC:
        return {2 * n + 1, 2 * n + 1};
    case I915_FORMAT_MOD_4_TILED_DG2_RC_CCS_CC:
        return {n + 1, n + 1};
    default:
        break;
    }
    const PlaneCount count = plane_count(format, modifier);
    FUZZ_CHECK(n <= count.least && count.least <= count.most && count.least <= 2 * n + 2,
               "no image has so many planes");
    return count;
}

Wide row_bytes(const PixelFormat& format, unsigned plane, Wide width) {
    // Told apart from how the library does, where tests can draw the format.
    if (const FormatLayout* layout = find_format_layout(format.fourcc))
        return layout->row_bytes(plane, static_cast<unsigned>(width));
    const PlaneFormat& facts = format.planes[plane];
    return divide_up(width, Wide{facts.horizontal_subsampling} * facts.block_width) *
           facts.bytes_per_block;
}

Wide row_count(const PixelFormat& format, unsigned plane, Wide height) {
    if (const FormatLayout* layout = find_format_layout(format.fourcc))
        return layout->rows(plane, static_cast<unsigned>(height));
    const PlaneFormat& facts = format.planes[plane];
    return divide_up(height, Wide{facts.vertical_subsampling} * facts.block_height);
}

bool has_rows(const PixelFormat& format, std::uint64_t modifier) {
    return (modifier == DRM_FORMAT_MOD_LINEAR || modifier == DRM_FORMAT_MOD_INVALID) &&
           format.planes[0].bytes_per_block != 0;
}

Wide expected_end(const DmabufDescription& image, const PixelFormat& format, unsigned plane,
                  PlaneEnd end) {
    const Wide offset = image.planes[plane].offset, stride = image.planes[plane].stride;
    if (has_rows(format, image.modifier)) {
        const Wide rows = row_count(format, plane, image.height);
        return offset + (end == PlaneEnd::Pixel
                             ? (rows - 1) * stride + row_bytes(format, plane, image.width)
                             : rows * stride);
    }
    // Of a layout that its driver alone knows, what lies in the first plane at least is counted.
    const bool is_counted = plane == 0 && format.planes[0].bytes_per_block != 0;
    return offset + stride * (is_counted ? row_count(format, 0, image.height) : 1);
}

} // namespace test
