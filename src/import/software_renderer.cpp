#include "import/software_renderer.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <format>
#include <string>

#include "convert/conversion.hpp"
#include "dmabuf/device.hpp"
#include "wlr/gles_info.hpp"
#include "wlr/renderer_kind.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// What doc/formats.md found further from the definition than two steps in 255, which conversion
/// keeps to: chroma shared by two rows and 8 bits deep, which is interpolated in 8 bits; samples of
/// 16 bits, whose range is taken for that of 8 bits; and two with their components mixed up.
constexpr std::uint32_t unfaithful_formats[] = {
    DRM_FORMAT_NV12, DRM_FORMAT_NV21, DRM_FORMAT_YUV420, DRM_FORMAT_YVU420, DRM_FORMAT_P010,
    DRM_FORMAT_P012, DRM_FORMAT_P016, DRM_FORMAT_S016,   DRM_FORMAT_S216,   DRM_FORMAT_S416,
    DRM_FORMAT_Y212, DRM_FORMAT_Y412, DRM_FORMAT_Y416,   DRM_FORMAT_Y210,   DRM_FORMAT_Y216,
};

bool draws_on_cpu(wlr_renderer* renderer) {
    if (is_gles2(renderer)) {
        constexpr const char* rasterizers[] = {"llvmpipe", "softpipe", "swrast"};
        const std::string name = gles_info(renderer).renderer;
        return std::ranges::any_of(rasterizers, [&](const char* r) { return name.contains(r); });
    }
    const int drm_fd = wlr_renderer_get_drm_fd(renderer);
    return is_vulkan(renderer) && (drm_fd < 0 || !has_gpu(drm_fd));
}

bool is_disjoint(const Dmabuf& dmabuf) {
    const auto planes = dmabuf.planes();
    const ino_t first = inode_of(planes[0].fd.get());
    return std::ranges::any_of(planes.subspan(1), [first](const Plane& plane) {
        return inode_of(plane.fd.get()) != first;
    });
}

} // namespace

std::optional<SoftwareRenderer> SoftwareRenderer::find(wlr_renderer* renderer) {
    if (!draws_on_cpu(renderer))
        return std::nullopt;
    const int drm_fd = wlr_renderer_get_drm_fd(renderer);
    Fd device;
    if (drm_fd >= 0)
        device = Fd{open(std::format("/proc/self/fd/{}", drm_fd).c_str(), O_RDWR | O_CLOEXEC)};
    return SoftwareRenderer{std::move(device), is_vulkan(renderer)};
}

FormatSet SoftwareRenderer::faithful(const FormatSet& formats) {
    FormatSet result;
    for (const FormatModifier& pair : formats) {
        // What can't be converted has no other way for the sizes and places that check() and
        // OpenGL don't take.
        const bool has_other_way =
            is_convertible(pair.fourcc) || find_pixel_format(pair.fourcc)->model != ColorModel::Yuv;
        if (has_other_way && !std::ranges::contains(unfaithful_formats, pair.fourcc))
            result.add(pair);
    }
    return result;
}

bool SoftwareRenderer::can_write(const Plane& plane) const {
    const int fd = plane.fd.get();
    return (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR ||
           (device_ && owns_memory(device_.get(), fd));
}

Result<void> SoftwareRenderer::check(const Dmabuf& dmabuf) const {
    for (unsigned i = 0; i < dmabuf.planes().size(); ++i) {
        const Plane& plane = dmabuf.planes()[i];
        // It maps what another device made for reading and writing, and uses the mapping whether
        // or not that worked.
        if (!can_write(plane))
            return fail_plane(Fault::ImportFailed, i,
                              "the dma-buf is another device's and read-only, which a software "
                              "renderer can't draw");
        // It loads whole pixels as vectors.
        const unsigned pixel = dmabuf.format().planes[i].bytes_per_block;
        if (pixel != 0 && (plane.offset % pixel != 0 || plane.stride % pixel != 0))
            return fail_plane(Fault::ImportFailed, i,
                              std::format("a software renderer draws no pixels of {} bytes at "
                                          "offset {} with stride {}",
                                          pixel, plane.offset, plane.stride));
    }
    if (is_vulkan_ && is_disjoint(dmabuf))
        return fail(Fault::ImportFailed,
                    "Vulkan on the CPU draws no image whose planes lie in several dma-bufs");
    return {};
}

} // namespace tarmac
