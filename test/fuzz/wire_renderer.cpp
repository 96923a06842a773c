#include "fuzz/wire_renderer.hpp"

#include <drm_fourcc.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <tarmac/fd.hpp>

#include "fuzz/input.hpp"
#include "support/render_node.hpp"
#include "wlr/wlr.hpp"

extern "C" {
#include <wlr/render/interface.h>
}

namespace fuzz {

namespace {

constexpr std::uint32_t ImportedFourccs[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888,
                                             DRM_FORMAT_RGB565, DRM_FORMAT_YUV420};
constexpr std::uint32_t ReadFourccs[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888,
                                         DRM_FORMAT_ABGR8888, DRM_FORMAT_XBGR8888};

unsigned n_textures, n_refused;

/// Takes dma-bufs in some formats, so that others have to be read, and looks at the first and the
/// last byte of what it reads.
struct Renderer {
    wlr_renderer base;
    wl_list textures; ///< go with it, as those of wlroots' renderers do
};

/// Keeps its buffer, as that of a dma-buf does in GPU drivers.
struct Texture {
    wlr_texture base;
    wlr_buffer* kept;
    wl_list link;
};

void destroy(Texture* texture) {
    wl_list_remove(&texture->link);
    wlr_buffer_unlock(texture->kept);
    delete texture;
    --n_textures;
}

bool read(wlr_buffer* buffer) {
    void* data;
    std::uint32_t fourcc;
    std::size_t stride;
    if (!wlr_buffer_begin_data_ptr_access(buffer, WLR_BUFFER_DATA_PTR_ACCESS_READ, &data, &fourcc,
                                          &stride))
        return false;
    const auto* bytes = static_cast<const volatile std::uint8_t*>(data);
    const auto rows = static_cast<std::size_t>(buffer->height - 1);
    static_cast<void>(bytes[0]);
    static_cast<void>(bytes[rows * stride + static_cast<std::size_t>(buffer->width) * 4 - 1]);
    wlr_buffer_end_data_ptr_access(buffer);
    return true;
}

constexpr wlr_texture_impl texture_impl = {
    .update_from_buffer =
        [](wlr_texture* texture, wlr_buffer* buffer, const pixman_region32_t*) {
            return !reinterpret_cast<Texture*>(texture)->kept && read(buffer);
        },
    .read_pixels = nullptr,
    .preferred_read_format = nullptr,
    .destroy = [](wlr_texture* texture) { destroy(reinterpret_cast<Texture*>(texture)); },
};

wlr_texture* create_texture(wlr_renderer* renderer, wlr_buffer* buffer) {
    if (n_refused > 0) {
        --n_refused;
        return nullptr;
    }
    wlr_dmabuf_attributes dmabuf;
    const bool is_imported = wlr_buffer_get_dmabuf(buffer, &dmabuf);
    if (!is_imported && !read(buffer))
        return nullptr;
    auto* texture = new Texture{{}, is_imported ? wlr_buffer_lock(buffer) : nullptr, {}};
    wl_list_insert(&reinterpret_cast<Renderer*>(renderer)->textures, &texture->link);
    wlr_texture_init(&texture->base, renderer, &texture_impl,
                     static_cast<std::uint32_t>(buffer->width),
                     static_cast<std::uint32_t>(buffer->height));
    ++n_textures;
    return &texture->base;
}

const wlr_drm_format_set& imported_formats() {
    static const wlr_drm_format_set formats = [] {
        wlr_drm_format_set set{};
        for (const std::uint32_t fourcc : ImportedFourccs) {
            wlr_drm_format_set_add(&set, fourcc, DRM_FORMAT_MOD_LINEAR);
            wlr_drm_format_set_add(&set, fourcc, DRM_FORMAT_MOD_INVALID);
            wlr_drm_format_set_add(&set, fourcc, I915_FORMAT_MOD_X_TILED);
        }
        return set;
    }();
    return formats;
}

const wlr_drm_format_set& read_formats() {
    static const wlr_drm_format_set formats = [] {
        wlr_drm_format_set set{};
        for (const std::uint32_t fourcc : ReadFourccs)
            wlr_drm_format_set_add(&set, fourcc, DRM_FORMAT_MOD_LINEAR);
        return set;
    }();
    return formats;
}

int drm_fd() {
    static const int fd = open(test::RenderNode, O_RDWR | O_CLOEXEC);
    return fd;
}

constexpr wlr_renderer_impl renderer_impl = {
    .get_texture_formats = [](wlr_renderer*, std::uint32_t caps) -> const wlr_drm_format_set* {
        if (caps & WLR_BUFFER_CAP_DMABUF)
            return &imported_formats();
        return caps & WLR_BUFFER_CAP_DATA_PTR ? &read_formats() : nullptr;
    },
    .get_render_formats = [](wlr_renderer*) -> const wlr_drm_format_set* { return nullptr; },
    .destroy =
        [](wlr_renderer* renderer) {
            auto* own = reinterpret_cast<Renderer*>(renderer);
            while (!wl_list_empty(&own->textures)) {
                Texture* texture = nullptr;
                destroy(wl_container_of(own->textures.next, texture, link));
            }
            delete own;
        },
    .get_drm_fd = [](wlr_renderer*) { return drm_fd(); },
    .texture_from_buffer = create_texture,
    .begin_buffer_pass = [](wlr_renderer*, wlr_buffer*,
                            const wlr_buffer_pass_options*) -> wlr_render_pass* { return nullptr; },
    .render_timer_create = nullptr,
};

} // namespace

wlr_renderer* create_renderer() {
    auto* made = new Renderer{};
    wl_list_init(&made->textures);
    wlr_renderer* renderer = &made->base;
    wlr_renderer_init(renderer, &renderer_impl, WLR_BUFFER_CAP_DMABUF);
    renderer->color_encodings = WLR_COLOR_ENCODING_BT601 | WLR_COLOR_ENCODING_BT709;
    return renderer;
}

void end_renderer(wlr_renderer* renderer) {
    wlr_renderer_destroy(renderer);
}

dev_t main_device() {
    struct stat status{};
    FUZZ_CHECK(fstat(drm_fd(), &status) == 0, "there is no device");
    return status.st_rdev;
}

unsigned most_kept_descriptors() {
    return 0;
}

void draw(wlr_renderer*, const std::vector<wlr_surface*>&) {}

unsigned count_textures() {
    return n_textures;
}

void refuse_textures(unsigned n) {
    n_refused = n;
}

} // namespace fuzz
