#include "import/map_pixels.hpp"

#include <format>

#include "wlr/takes_size.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

// What is read through pointers of the kernel's and of renderers' numbers.
constexpr std::uint32_t MaxStride = INT32_MAX;

Result<void> check_samples(const Dmabuf& dmabuf) {
    for (unsigned i = 0; i < dmabuf.planes().size(); ++i) {
        const Plane& plane = dmabuf.planes()[i];
        if (plane.stride > MaxStride)
            return fail_plane(Fault::ImportFailed, i,
                              std::format("a stride of {} bytes is too long", plane.stride));
        const bool has_wide_samples =
            dmabuf.format().model == ColorModel::Yuv && dmabuf.format().bits > 8;
        if (has_wide_samples && (plane.offset % 2 != 0 || plane.stride % 2 != 0))
            return fail_plane(Fault::ImportFailed, i,
                              std::format("offset {} and stride {} must be even, as samples of "
                                          "two bytes lie at even places",
                                          plane.offset, plane.stride));
    }
    return {};
}

} // namespace

bool reads(wlr_renderer* renderer, const PixelFormat& format) {
    const wlr_drm_format_set* readable =
        wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DATA_PTR);
    // Renderers can't update textures of blocks, whatever they list.
    return readable && wlr_drm_format_set_get(readable, format.fourcc) &&
           format.model == ColorModel::Rgb && format.n_planes == 1 &&
           format.planes[0].block_width == 1;
}

Result<std::unique_ptr<MappedPixels>> map_pixels(std::shared_ptr<const Dmabuf> dmabuf,
                                                 wlr_renderer* renderer) {
    if (auto readable = check_samples(*dmabuf); !readable)
        return std::unexpected(readable.error());
    if (!takes_size(renderer, {dmabuf->width(), dmabuf->height()}))
        return fail(Fault::ImportFailed, std::format("the renderer has no textures of {}x{} pixels",
                                                     dmabuf->width(), dmabuf->height()));
    const bool is_readable = reads(renderer, dmabuf->format());
    return Mapping::create(std::move(dmabuf)).transform([&](Mapping&& mapping) {
        return std::make_unique<MappedPixels>(std::move(mapping), is_readable);
    });
}

} // namespace tarmac
