#include "builder/expand_single_plane.hpp"

#include <drm_fourcc.h>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

/// Numerator and denominator of the bytes that a pixel of a row takes in a plane.
struct Density {
    std::uint64_t bytes, pixels;
};

Density density_of(const PlaneFormat& plane) {
    return {plane.bytes_per_block, std::uint64_t{plane.block_width} * plane.horizontal_subsampling};
}

} // namespace

Result<void> expand_single_plane(DmabufDescription& image) {
    const PixelFormat* format = find_pixel_format(image.fourcc);
    if (!format || image.modifier != DRM_FORMAT_MOD_LINEAR || image.n_planes != 1 ||
        !image.planes[0].fd)
        return {};

    const Density first = density_of(format->planes[0]);
    std::uint64_t end =
        image.planes[0].offset + image.planes[0].stride * format->rows(0, image.height);
    for (unsigned i = 1; i < format->n_planes; ++i) {
        const Density density = density_of(format->planes[i]);
        const std::uint64_t scaled = image.planes[0].stride * density.bytes * first.pixels;
        const std::uint64_t stride = scaled / (density.pixels * first.bytes);
        if (scaled % (density.pixels * first.bytes) != 0 || end > UINT32_MAX || stride > UINT32_MAX)
            return fail_plane(Fault::Incomplete, i,
                              formatted("it doesn't follow from plane 0, whose stride is {}",
                                        image.planes[0].stride));
        auto fd = image.planes[0].fd.duplicate();
        if (!fd)
            return std::unexpected(fd.error());
        image.planes[i] = {std::move(*fd), static_cast<std::uint32_t>(end),
                           static_cast<std::uint32_t>(stride)};
        end += stride * format->rows(i, image.height);
    }
    image.n_planes = format->n_planes;
    return {};
}

} // namespace tarmac
