#include <drm_fourcc.h>
#include <format>
#include <tarmac/importer.hpp>

#include "import/conversion.hpp"
#include "wlroots/drm_format_set.hpp"
#include "wlroots/mapped_buffer.hpp"
#include "wlroots/wlr.hpp"

namespace tarmac {

namespace {

// What is read through pointers of the kernel's and of renderers' numbers.
constexpr std::uint32_t MaxStride = INT32_MAX;

/// What renderers want of the place of a row: OpenGL rounds rows to 4 bytes, and all of them count
/// a row in whole pixels.
bool is_readable_in_place(const Dmabuf& dmabuf) {
    const Plane& plane = dmabuf.planes()[0];
    return plane.offset % 8 == 0 && plane.stride % 4 == 0 &&
           plane.stride % dmabuf.format().planes[0].bytes_per_block == 0;
}

class MappedImporter final : public Importer {
public:
    MappedImporter(wlr_renderer* renderer, FormatSet formats, dev_t device)
        : renderer_{renderer}, formats_{std::move(formats)}, device_{device} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return device_; }
    std::string_view way() const noexcept override { return "mapped"; }

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf, const Update&) override {
        if (!formats_.contains({dmabuf->fourcc(), dmabuf->modifier()}))
            return fail(Fault::InvalidFormat,
                        std::format("{} with modifier {} can't be read from mapped memory",
                                    fourcc_name(dmabuf->fourcc()),
                                    modifier_name(dmabuf->modifier())));
        if (auto readable = check_samples(*dmabuf); !readable)
            return std::unexpected(readable.error());
        auto mapping = Mapping::create(dmabuf);
        if (!mapping)
            return std::unexpected(mapping.error());

        const bool is_converted = is_convertible(dmabuf->fourcc()) && !is_readable(*dmabuf);
        const MappedFormat format{
            .fourcc = !is_converted                ? dmabuf->fourcc()
                      : dmabuf->format().has_alpha ? DRM_FORMAT_ARGB8888
                                                   : DRM_FORMAT_XRGB8888,
            .is_copied = is_converted || !is_readable_in_place(*dmabuf),
        };
        const std::uint64_t bytes = mapping->size_in_bytes() + copy_size(*dmabuf, format);
        BufferPtr buffer = create_mapped_buffer(dmabuf, std::move(*mapping), format);
        if (!buffer)
            return fail(Fault::OutOfResources,
                        std::format("there is no memory for a copy of {} bytes", bytes));
        return Texture{std::move(buffer), renderer_, bytes};
    }

    /// Whether the renderer reads the very memory. Its colours are premultiplied.
    bool is_readable(const Dmabuf& dmabuf) const {
        return wlr_drm_format_set_has(
                   wlr_renderer_get_texture_formats(renderer_, WLR_BUFFER_CAP_DATA_PTR),
                   dmabuf.fourcc(), DRM_FORMAT_MOD_LINEAR) &&
               is_readable_in_place(dmabuf) &&
               (dmabuf.is_premultiplied() || !dmabuf.format().has_alpha);
    }

    static Result<void> check_samples(const Dmabuf& dmabuf) {
        for (unsigned i = 0; i < dmabuf.planes().size(); ++i) {
            const Plane& plane = dmabuf.planes()[i];
            if (plane.stride > MaxStride)
                return fail_plane(Fault::ImportFailed, i,
                                  std::format("a stride of {} bytes is too long", plane.stride));
            const bool has_wide_samples =
                dmabuf.format().model == ColorModel::Yuv && dmabuf.format().bits > 8;
            if (has_wide_samples && (plane.offset % 2 != 0 || plane.stride % 2 != 0))
                return fail_plane(Fault::ImportFailed, i,
                                  std::format("offset {} and stride {} must be even, as samples "
                                              "of two bytes lie at even places",
                                              plane.offset, plane.stride));
        }
        return {};
    }

    wlr_renderer* renderer_;
    FormatSet formats_;
    dev_t device_;
};

} // namespace

Result<std::unique_ptr<Importer>> create_mapped_importer(wlr_renderer* renderer, dev_t device) {
    const wlr_drm_format_set* readable =
        wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DATA_PTR);
    if (!readable)
        return fail(Fault::NotAvailable, "the renderer reads no pixels from memory");
    FormatSet formats;
    for (const FormatModifier& pair : to_format_set(*readable)) {
        const PixelFormat& format = *find_pixel_format(pair.fourcc);
        // Renderers can't update textures of anything else.
        if (format.planes[0].block_width == 1)
            formats.add({pair.fourcc, DRM_FORMAT_MOD_LINEAR});
    }
    for (const PixelFormat& format : all_pixel_formats()) {
        if (is_convertible(format.fourcc))
            formats.add({format.fourcc, DRM_FORMAT_MOD_LINEAR});
    }
    return std::make_unique<MappedImporter>(renderer, std::move(formats), device);
}

} // namespace tarmac
