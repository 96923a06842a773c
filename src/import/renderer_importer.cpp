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

class RendererImporter final : public Importer {
public:
    RendererImporter(wlr_renderer* renderer, FormatSet formats, dev_t device, Fd software_device)
        : renderer_{renderer}
        , formats_{std::move(formats)}
        , device_{device}
        , software_device_{std::move(software_device)} {}

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
        BufferPtr buffer = create_dmabuf_buffer(std::move(dmabuf));
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
        for (unsigned i = 0; software_device_ && i < dmabuf.planes().size(); ++i) {
            const int fd = dmabuf.planes()[i].fd.get();
            if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR &&
                !owns_memory(software_device_.get(), fd))
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
    Fd software_device_; ///< an open file of its own, where the device has no GPU
};

} // namespace

Result<std::unique_ptr<Importer>> create_renderer_importer(wlr_renderer* renderer) {
    const wlr_drm_format_set* formats =
        wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DMABUF);
    if (!formats || formats->len == 0)
        return fail(Fault::NotAvailable, "the renderer imports no dma-bufs");
    struct stat device;
    const int drm_fd = wlr_renderer_get_drm_fd(renderer);
    if (drm_fd < 0 || fstat(drm_fd, &device) != 0)
        return fail(Fault::NotAvailable, "the renderer has no DRM device");
    Fd software_device;
    if (!has_gpu(drm_fd))
        software_device =
            Fd{open(std::format("/proc/self/fd/{}", drm_fd).c_str(), O_RDWR | O_CLOEXEC)};
    return std::make_unique<RendererImporter>(renderer, to_format_set(*formats), device.st_rdev,
                                              std::move(software_device));
}

} // namespace tarmac
