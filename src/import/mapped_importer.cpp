#include <drm_fourcc.h>
#include <format>
#include <tarmac/importer.hpp>

#include "convert/conversion.hpp"
#include "import/dmabuf_buffer.hpp"
#include "import/map_pixels.hpp"
#include "import/software_renderer.hpp"
#include "wlr/drm_format_set.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

class MappedImporter final : public Importer {
public:
    MappedImporter(wlr_renderer* renderer, FormatSet formats, dev_t device)
        : renderer_{renderer}, formats_{std::move(formats)}, device_{device} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return device_; }
    std::string_view way() const noexcept override { return "mapped"; }

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                  const Update& update) override {
        if (!formats_.contains({dmabuf->fourcc(), dmabuf->modifier()}))
            return fail(Fault::InvalidFormat,
                        std::format("{} with modifier {} can't be read from mapped memory",
                                    fourcc_name(dmabuf->fourcc()),
                                    modifier_name(dmabuf->modifier())));
        auto pixels = map_pixels(dmabuf, renderer_);
        if (!pixels)
            return std::unexpected(pixels.error());
        if (update.previous) {
            const DmabufBuffer* previous = dmabuf_buffer_from(update.previous->buffer());
            if (previous && previous->pixels)
                (*pixels)->start_from(*previous->pixels, update.damage);
        }
        const std::uint64_t bytes = (*pixels)->size_in_bytes();
        auto buffer = create_dmabuf_buffer(std::move(dmabuf));
        buffer->let_read(std::move(*pixels));
        return Texture{std::move(buffer), renderer_, bytes};
    }

    wlr_renderer* renderer_;
    FormatSet formats_;
    dev_t device_;
};

} // namespace

Result<std::unique_ptr<Importer>> create_mapped_importer(wlr_renderer* renderer, dev_t device) {
    if (!wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DATA_PTR))
        return fail(Fault::NotAvailable, "the renderer reads no pixels from memory");
    FormatSet implicit;
    if (SoftwareRenderer::find(renderer))
        implicit =
            to_format_set(*wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DMABUF));
    FormatSet formats;
    // What is read as it lies is preferred.
    for (const bool is_converted : {false, true}) {
        for (const PixelFormat& format : all_pixel_formats()) {
            if (!(is_converted ? is_convertible(format.fourcc) : reads(renderer, format)))
                continue;
            formats.add({format.fourcc, DRM_FORMAT_MOD_LINEAR});
            if (implicit.contains({format.fourcc, DRM_FORMAT_MOD_INVALID}))
                formats.add({format.fourcc, DRM_FORMAT_MOD_INVALID});
        }
    }
    return std::make_unique<MappedImporter>(renderer, std::move(formats), device);
}

} // namespace tarmac
