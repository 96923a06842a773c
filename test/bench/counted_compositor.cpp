#include "bench/counted_compositor.hpp"

#include <drm_fourcc.h>
#include <fcntl.h>
#include <filesystem>
#include <malloc.h>
#include <stdexcept>
#include <sys/resource.h>
#include <tarmac/linux_dmabuf.hpp>
#include <unistd.h>

#include "support/render_node.hpp"
#include "wlr/wlr.hpp"

extern "C" {
#include <wlr/render/interface.h>
#include <wlr/types/wlr_linux_dmabuf_v1.h>
}

namespace bench {

namespace {

/// As many pairs as a GPU's driver lists, roughly.
constexpr std::uint32_t Fourccs[] = {
    DRM_FORMAT_XRGB8888,    DRM_FORMAT_ARGB8888,    DRM_FORMAT_XBGR8888,     DRM_FORMAT_ABGR8888,
    DRM_FORMAT_XRGB2101010, DRM_FORMAT_ARGB2101010, DRM_FORMAT_XBGR2101010,  DRM_FORMAT_ABGR2101010,
    DRM_FORMAT_RGB565,      DRM_FORMAT_R8,          DRM_FORMAT_GR88,         DRM_FORMAT_R16,
    DRM_FORMAT_GR1616,      DRM_FORMAT_NV12,        DRM_FORMAT_XBGR16161616F};
constexpr std::uint64_t Modifiers[] = {DRM_FORMAT_MOD_LINEAR,       DRM_FORMAT_MOD_INVALID,
                                       I915_FORMAT_MOD_X_TILED,     I915_FORMAT_MOD_Y_TILED,
                                       I915_FORMAT_MOD_Yf_TILED,    I915_FORMAT_MOD_4_TILED,
                                       I915_FORMAT_MOD_Y_TILED_CCS, I915_FORMAT_MOD_Yf_TILED_CCS};

// Plain, so that the way back from the wlr_renderer is well defined.
struct Renderer {
    wlr_renderer base;
    wlr_drm_format_set formats;
    int drm_fd;
};

const Renderer& ours(wlr_renderer* renderer) {
    return *reinterpret_cast<const Renderer*>(renderer);
}

/// Keeps its buffer, as that of a dma-buf does.
struct Texture {
    wlr_texture base;
    wlr_buffer* buffer;
};

constexpr wlr_texture_impl texture_impl = {
    .update_from_buffer = nullptr,
    .read_pixels = nullptr,
    .preferred_read_format = nullptr,
    .destroy =
        [](wlr_texture* texture) {
            auto* own = reinterpret_cast<Texture*>(texture);
            wlr_buffer_unlock(own->buffer);
            delete own;
        },
};

constexpr wlr_renderer_impl renderer_impl = {
    .get_texture_formats = [](wlr_renderer* renderer,
                              std::uint32_t caps) -> const wlr_drm_format_set* {
        return caps & WLR_BUFFER_CAP_DMABUF ? &ours(renderer).formats : nullptr;
    },
    .get_render_formats = [](wlr_renderer*) -> const wlr_drm_format_set* { return nullptr; },
    .destroy = nullptr,
    .get_drm_fd = [](wlr_renderer* renderer) { return ours(renderer).drm_fd; },
    .texture_from_buffer = [](wlr_renderer* renderer, wlr_buffer* buffer) -> wlr_texture* {
        wlr_dmabuf_attributes attributes;
        if (!wlr_buffer_get_dmabuf(buffer, &attributes))
            return nullptr;
        auto* texture = new Texture{{}, wlr_buffer_lock(buffer)};
        wlr_texture_init(&texture->base, renderer, &texture_impl,
                         static_cast<std::uint32_t>(buffer->width),
                         static_cast<std::uint32_t>(buffer->height));
        return &texture->base;
    },
    .begin_buffer_pass = [](wlr_renderer*, wlr_buffer*,
                            const wlr_buffer_pass_options*) -> wlr_render_pass* { return nullptr; },
    .render_timer_create = nullptr,
};

[[noreturn]] void report(int control) {
    char byte;
    if (read(control, &byte, 1) != 1)
        _exit(0);
    const struct mallinfo2 heap = mallinfo2();
    Usage usage{.heap = heap.uordblks + heap.hblkhd};
    for ([[maybe_unused]] const auto& fd : std::filesystem::directory_iterator{"/proc/self/fd"})
        ++usage.descriptors;
    if (write(control, &usage, sizeof usage) != sizeof usage)
        _exit(1);
    _exit(0);
}

} // namespace

void run_compositor(const std::string& handler, int listening, int control) {
    // For ten thousand live buffers, which an ordinary user may not have.
    constexpr rlimit ManyDescriptors{1 << 16, 1 << 16};
    setrlimit(RLIMIT_NOFILE, &ManyDescriptors);
    wl_display* display = wl_display_create();
    static Renderer renderer{};
    renderer.drm_fd = open(test::RenderNode, O_RDWR | O_CLOEXEC);
    for (const std::uint32_t fourcc : Fourccs) {
        for (const std::uint64_t modifier : Modifiers)
            wlr_drm_format_set_add(&renderer.formats, fourcc, modifier);
    }
    wlr_renderer_init(&renderer.base, &renderer_impl, WLR_BUFFER_CAP_DMABUF);
    wlr_compositor* compositor = wlr_compositor_create(display, 6, &renderer.base);

    std::unique_ptr<tarmac::Importer> importer;
    std::optional<tarmac::LinuxDmabuf> dmabuf;
    if (handler == "tarmac") {
        auto made = tarmac::create_renderer_importer(&renderer.base);
        if (!made)
            throw std::runtime_error{made.error().message};
        importer = std::move(*made);
        // Enough for one client with many buffers.
        constexpr std::uint64_t Many = 1 << 20;
        tarmac::LinuxDmabuf::Options options;
        options.quotas = {Many, Many, Many, Many, Many, Many, Many, Many << 20, Many << 20};
        auto global =
            tarmac::LinuxDmabuf::create(display, compositor, *importer, std::move(options));
        if (!global)
            throw std::runtime_error{global.error().message};
        dmabuf.emplace(std::move(*global));
    } else if (!wlr_linux_dmabuf_v1_create_with_renderer(display, 4, &renderer.base)) {
        throw std::runtime_error{"wlroots' handler can't be made"};
    }
    wl_display_add_socket_fd(display, listening);
    wl_event_loop_add_fd(
        wl_display_get_event_loop(display), control, WL_EVENT_READABLE | WL_EVENT_HANGUP,
        [](int fd, std::uint32_t, void*) -> int { report(fd); }, nullptr);
    wl_display_run(display);
    throw std::runtime_error{"the compositor has ended by itself"};
}

} // namespace bench
