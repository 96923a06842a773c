#include "inspect/canvas.hpp"

#include "dmabuf/linear_memory.hpp"

namespace tarmac::inspect {

namespace {

/// Whole tiles: a rasterizer on the CPU writes those.
std::uint32_t padded(std::uint32_t length) {
    return (length + 63) / 64 * 64;
}

/// Memory of this process, as a dma-buf where it can be one, that anything on the CPU draws to.
struct MemoryTarget : wlr_buffer {
    explicit MemoryTarget(LinearMemory own) : wlr_buffer{}, memory{std::move(own)} {}

    std::uint32_t stride() const { return padded(static_cast<std::uint32_t>(width)) * 4; }

    LinearMemory memory;
};

MemoryTarget& ours(wlr_buffer* buffer) {
    return *static_cast<MemoryTarget*>(buffer);
}

constexpr wlr_buffer_impl functions = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete &ours(buffer);
        },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            if (ours(buffer).memory.dmabuf_fd() < 0)
                return false;
            *attributes = {};
            attributes->width = buffer->width;
            attributes->height = buffer->height;
            attributes->format = DRM_FORMAT_XRGB8888;
            attributes->modifier = DRM_FORMAT_MOD_LINEAR;
            attributes->n_planes = 1;
            attributes->stride[0] = ours(buffer).stride();
            attributes->fd[0] = ours(buffer).memory.dmabuf_fd();
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access =
        [](wlr_buffer* buffer, std::uint32_t, void** data, std::uint32_t* fourcc,
           std::size_t* stride) {
            *data = ours(buffer).memory.data();
            *fourcc = DRM_FORMAT_XRGB8888;
            *stride = ours(buffer).stride();
            return true;
        },
    .end_data_ptr_access = [](wlr_buffer*) {},
};

wlr_buffer* make_memory_target(Extent extent) {
    auto memory =
        LinearMemory::create(std::size_t{padded(extent.width)} * 4 * padded(extent.height), true);
    if (!memory)
        return nullptr;
    auto* target = new MemoryTarget{std::move(*memory)};
    wlr_buffer_init(target, &functions, static_cast<int>(extent.width),
                    static_cast<int>(extent.height));
    return target;
}

/// Of a GPU's driver, as outputs get theirs.
wlr_allocator* make_allocator(wlr_renderer* renderer) {
    static wl_event_loop* loop = wl_event_loop_create();
    static wlr_backend* nowhere = loop ? wlr_headless_backend_create(loop) : nullptr;
    return nowhere ? wlr_allocator_autocreate(nowhere, renderer) : nullptr;
}

} // namespace

std::optional<Canvas> Canvas::create(wlr_renderer* renderer, Extent extent) {
    Canvas canvas{renderer, extent};
    // What the CPU reads back fast; GPUs with memory of their own don't draw to it.
    if (canvas.use(make_memory_target(extent)))
        return canvas;
    canvas.allocator_.reset(make_allocator(renderer));
    std::uint64_t modifiers[] = {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID};
    for (std::uint64_t& modifier : modifiers) {
        wlr_drm_format format{.format = DRM_FORMAT_XRGB8888, .len = 1, .capacity = 1};
        format.modifiers = &modifier;
        if (canvas.allocator_ && canvas.use(wlr_allocator_create_buffer(
                                     canvas.allocator_.get(), static_cast<int>(extent.width),
                                     static_cast<int>(extent.height), &format)))
            return canvas;
    }
    return std::nullopt;
}

bool Canvas::use(wlr_buffer* buffer) {
    seen_.reset();
    target_.reset(buffer);
    // That it can be read is known once something was.
    if (!target_ || !draw(nullptr))
        return false;
    seen_.reset(wlr_texture_from_buffer(renderer_, buffer));
    return finish();
}

bool Canvas::draw(wlr_texture* texture) {
    wlr_render_pass* pass = wlr_renderer_begin_buffer_pass(renderer_, target_.get(), nullptr);
    if (!pass)
        return false;
    const wlr_box whole{0, 0, target_->width, target_->height};
    wlr_render_rect_options background{};
    background.box = whole;
    background.color = {Background[0] / 255.0f, Background[1] / 255.0f, Background[2] / 255.0f, 1};
    wlr_render_pass_add_rect(pass, &background);
    if (texture) {
        wlr_render_texture_options options{};
        options.texture = texture;
        options.dst_box = whole;
        wlr_render_pass_add_texture(pass, &options);
    }
    return wlr_render_pass_submit(pass);
}

bool Canvas::finish() {
    std::uint32_t pixel;
    return read_box({0, 0, 1, 1}, &pixel);
}

bool Canvas::read_box(const wlr_box& box, std::uint32_t* pixels) {
    const wlr_texture_read_pixels_options options = {.data = pixels,
                                                     .format = DRM_FORMAT_XRGB8888,
                                                     .stride =
                                                         static_cast<std::uint32_t>(box.width) * 4,
                                                     .dst_x = 0,
                                                     .dst_y = 0,
                                                     .src_box = box};
    return seen_ && wlr_texture_read_pixels(seen_.get(), &options);
}

std::vector<Pixel> Canvas::read() {
    std::vector<std::uint32_t> words(std::size_t{extent_.width} * extent_.height);
    if (!read_box({0, 0, target_->width, target_->height}, words.data()))
        return {};
    std::vector<Pixel> pixels;
    for (const std::uint32_t word : words)
        pixels.push_back({static_cast<std::uint8_t>(word >> 16),
                          static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word)});
    return pixels;
}

} // namespace tarmac::inspect
