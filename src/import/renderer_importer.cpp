#include <fcntl.h>
#include <format>
#include <sys/stat.h>
#include <tarmac/importer.hpp>

#include "dmabuf/device.hpp"
#include "wlroots/dmabuf_buffer.hpp"
#include "wlroots/drm_format_set.hpp"
#include "wlroots/wlr.hpp"

#if WLR_HAS_VULKAN_RENDERER
// Declared here because the header that does it brings in Vulkan's.
extern "C" bool wlr_renderer_is_vk(wlr_renderer* renderer);
#endif

namespace tarmac {

namespace {

bool is_vulkan([[maybe_unused]] wlr_renderer* renderer) {
#if WLR_HAS_VULKAN_RENDERER
    return wlr_renderer_is_vk(renderer);
#else
    return false;
#endif
}

/// The DRM device, if there is one, through which a software rasterizer shares memory.
struct SoftwareDevice {
    Fd own_file; ///< an open file that nobody else has; empty without a device

    bool owns(int dmabuf) const { return own_file && owns_memory(own_file.get(), dmabuf); }
};

std::optional<SoftwareDevice> find_software_device(int drm_fd) {
    if (drm_fd < 0)
        return SoftwareDevice{};
    if (has_gpu(drm_fd))
        return std::nullopt;
    const std::string path = std::format("/proc/self/fd/{}", drm_fd);
    return SoftwareDevice{Fd{open(path.c_str(), O_RDWR | O_CLOEXEC)}};
}

class RendererImporter final : public Importer {
public:
    RendererImporter(wlr_renderer* renderer, FormatSet formats, dev_t device,
                     std::optional<SoftwareDevice> software)
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
        wlr_texture* texture = wlr_texture_from_buffer(renderer_, buffer.get());
        if (!texture)
            return fail(Fault::ImportFailed,
                        std::format("the renderer can't import this {}x{} {} dma-buf with modifier "
                                    "{}",
                                    image.width(), image.height(), fourcc_name(image.fourcc()),
                                    modifier_name(image.modifier())));
        return Texture{std::move(buffer), texture};
    }

    /// What a renderer would import and then die of.
    Result<void> check_drawable(const Dmabuf& dmabuf) const {
        // wlroots' Vulkan renderer asserts that there are fewer than four.
        if (is_vulkan(renderer_) && dmabuf.planes().size() == MaxPlanes)
            return fail(Fault::ImportFailed, "the Vulkan renderer takes no image of four planes");
        // Mesa's software rasterizer maps what another device made for reading and writing, and
        // uses the mapping whether or not that worked.
        for (unsigned i = 0; software_ && i < dmabuf.planes().size(); ++i) {
            const int fd = dmabuf.planes()[i].fd.get();
            if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR && !software_->owns(fd))
                return fail_plane(
                    Fault::ImportFailed, i,
                    "the dma-buf is another device's and read-only, which a software renderer "
                    "can't draw");
        }
        return {};
    }

    wlr_renderer* renderer_;
    FormatSet formats_;
    dev_t device_;
    std::optional<SoftwareDevice> software_; ///< if that is what draws
};

} // namespace

Result<std::unique_ptr<Importer>> create_renderer_importer(wlr_renderer* renderer,
                                                           std::optional<dev_t> device) {
    const wlr_drm_format_set* formats =
        wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DMABUF);
    if (!formats || formats->len == 0)
        return fail(Fault::NotAvailable, "the renderer imports no dma-bufs");
    const int drm_fd = wlr_renderer_get_drm_fd(renderer);
    const auto target = device ? Result<dev_t>{*device} : find_device(drm_fd);
    if (!target)
        return std::unexpected(target.error());
    return std::make_unique<RendererImporter>(renderer, to_format_set(*formats), *target,
                                              find_software_device(drm_fd));
}

} // namespace tarmac
