#include <drm_fourcc.h>
#include <format>
#include <tarmac/importer.hpp>

#include "import/dmabuf_buffer.hpp"
#include "import/draws.hpp"
#include "import/software_renderer.hpp"
#include "wlr/drm_format_set.hpp"
#include "wlr/renderer_kind.hpp"
#include "wlr/takes_size.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

class RendererImporter final : public Importer {
public:
    RendererImporter(wlr_renderer* renderer, FormatSet formats, dev_t device,
                     std::optional<SoftwareRenderer> software)
        : renderer_{renderer}
        , formats_{std::move(formats)}
        , device_{device}
        , software_{std::move(software)} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return device_; }
    std::string_view way() const noexcept override { return "renderer"; }

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf, const Update&) override {
        if (!formats_.contains({dmabuf->fourcc(), dmabuf->modifier()}))
            return fail(Fault::InvalidFormat,
                        std::format("the renderer doesn't import {} with modifier {}",
                                    fourcc_name(dmabuf->fourcc()),
                                    modifier_name(dmabuf->modifier())));
        if (auto drawable = check_drawable(*dmabuf); !drawable)
            return std::unexpected(drawable.error());
        const Dmabuf& image = *dmabuf;
        auto buffer = create_dmabuf_buffer(std::move(dmabuf));
        buffer->is_linear = is_linear(image);
        wlr_texture* texture = wlr_texture_from_buffer(renderer_, buffer.get());
        if (!texture)
            return fail(Fault::ImportFailed,
                        std::format("the renderer can't import this {}x{} {} dma-buf with modifier "
                                    "{}",
                                    image.width(), image.height(), fourcc_name(image.fourcc()),
                                    modifier_name(image.modifier())));
        return Texture{std::move(buffer), texture};
    }

    /// Refuses what the renderer would import and then die of, or show wrong.
    Result<void> check_drawable(const Dmabuf& dmabuf) const {
        if (!draws(*renderer_, dmabuf, Colors::of(dmabuf)))
            return fail(Fault::ImportFailed,
                        std::format("the renderer doesn't draw {} with such colours or alpha",
                                    fourcc_name(dmabuf.fourcc())));
        if (!takes_size(renderer_, {dmabuf.width(), dmabuf.height()}))
            return fail(Fault::ImportFailed,
                        std::format("the renderer has no textures of {}x{} pixels", dmabuf.width(),
                                    dmabuf.height()));
        // wlroots' Vulkan renderer asserts that there are fewer than four.
        if (is_vulkan(renderer_) && dmabuf.planes().size() == MaxPlanes)
            return fail(Fault::ImportFailed, "the Vulkan renderer takes no image of four planes");
        // Mesa rounds the size of a chroma plane down and stretches it over the whole picture.
        const PixelFormat& format = dmabuf.format();
        if (is_gles2(renderer_) && is_linear(dmabuf) &&
            (dmabuf.width() % format.chroma_horizontal != 0 ||
             dmabuf.height() % format.chroma_vertical != 0))
            return fail(Fault::ImportFailed,
                        std::format("{}x{} pixels are no whole number of the chroma samples of {}, "
                                    "which OpenGL shows wrong",
                                    dmabuf.width(), dmabuf.height(), fourcc_name(dmabuf.fourcc())));
        return software_ ? software_->check(dmabuf) : Result<void>{};
    }

    /// An implicit layout is the driver's secret, but there is no driver that would have one.
    bool is_linear(const Dmabuf& dmabuf) const {
        return dmabuf.modifier() == DRM_FORMAT_MOD_LINEAR ||
               (software_ && dmabuf.modifier() == DRM_FORMAT_MOD_INVALID);
    }

    wlr_renderer* renderer_;
    FormatSet formats_;
    dev_t device_;
    std::optional<SoftwareRenderer> software_; ///< if that is what draws
};

} // namespace

Result<std::unique_ptr<Importer>> create_renderer_importer(wlr_renderer* renderer,
                                                           std::optional<dev_t> device) {
    const wlr_drm_format_set* listed =
        wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DMABUF);
    if (!listed || listed->len == 0)
        return fail(Fault::NotAvailable, "the renderer imports no dma-bufs");
    const auto target =
        device ? Result<dev_t>{*device} : find_device(wlr_renderer_get_drm_fd(renderer));
    if (!target)
        return std::unexpected(target.error());
    auto software = SoftwareRenderer::find(renderer);
    FormatSet formats = to_format_set(*listed);
    if (software)
        formats = SoftwareRenderer::faithful(formats);
    return std::make_unique<RendererImporter>(renderer, std::move(formats), *target,
                                              std::move(software));
}

} // namespace tarmac
