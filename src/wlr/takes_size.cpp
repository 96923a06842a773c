#include "wlr/takes_size.hpp"

#include <memory>
#include <tarmac/buffer.hpp>
#include <vector>

#include "wlr/gles_info.hpp"
#include "wlr/renderer_kind.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// The least that Vulkan promises (maxImageDimension2D), and what OpenGL ES has in practice.
constexpr std::uint32_t SmallestLimit = 4096;

/// Some black pixels.
struct Strip : wlr_buffer {
    std::vector<std::uint32_t> pixels;
};

bool handle_begin(wlr_buffer* buffer, std::uint32_t, void** data, std::uint32_t* fourcc,
                  std::size_t* stride) {
    *data = static_cast<Strip*>(buffer)->pixels.data();
    *fourcc = DRM_FORMAT_XRGB8888;
    *stride = static_cast<std::size_t>(buffer->width) * sizeof(std::uint32_t);
    return true;
}

constexpr wlr_buffer_impl strip_impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete static_cast<Strip*>(buffer);
        },
    .get_dmabuf = nullptr,
    .get_shm = nullptr,
    .begin_data_ptr_access = handle_begin,
    .end_data_ptr_access = [](wlr_buffer*) {},
};

bool takes_strip(wlr_renderer* renderer, std::uint32_t width, std::uint32_t height) {
    std::unique_ptr<Strip, BufferDrop> strip{new Strip{}};
    strip->pixels.resize(std::size_t{width} * height);
    wlr_buffer_init(strip.get(), &strip_impl, static_cast<int>(width), static_cast<int>(height));
    wlr_texture* texture = wlr_texture_from_buffer(renderer, strip.get());
    if (texture)
        wlr_texture_destroy(texture);
    return texture != nullptr;
}

} // namespace

bool takes_size(wlr_renderer* renderer, Extent extent) {
    if (extent.width <= SmallestLimit && extent.height <= SmallestLimit)
        return true;
    // OpenGL would say nothing against it, and show nothing.
    if (is_gles2(renderer)) {
        const auto limit = static_cast<std::uint32_t>(gles_info(renderer).max_texture_size);
        return extent.width <= limit && extent.height <= limit;
    }
    return (extent.width <= SmallestLimit || takes_strip(renderer, extent.width, 1)) &&
           (extent.height <= SmallestLimit || takes_strip(renderer, 1, extent.height));
}

} // namespace tarmac
