#include <algorithm>
#include <array>

#include "fuzz/input.hpp"
#include "fuzz/real_renderer.hpp"
#include "fuzz/wire_renderer.hpp"
#include "support/dmabuf_source.hpp"
#include "support/name_colors.hpp"
#include "wlr/wlr.hpp"

namespace fuzz {

namespace {

constexpr int Width = 64, Height = 64;

/// Memory that any renderer draws to.
struct Target {
    wlr_buffer buffer; // first, so that the way back from it is well defined
    tarmac::Fd dmabuf;
    std::array<std::uint32_t, std::size_t{Width} * Height> memory;

    static Target& of(wlr_buffer* buffer) { return *reinterpret_cast<Target*>(buffer); }
};

constexpr wlr_buffer_impl target_impl = {
    .destroy = [](wlr_buffer* buffer) { wlr_buffer_finish(buffer); },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            *attributes = {};
            attributes->width = Width;
            attributes->height = Height;
            attributes->format = DRM_FORMAT_XRGB8888;
            attributes->modifier = DRM_FORMAT_MOD_LINEAR;
            attributes->n_planes = 1;
            attributes->stride[0] = Width * 4;
            attributes->fd[0] = Target::of(buffer).dmabuf.get();
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access =
        [](wlr_buffer* buffer, std::uint32_t, void** data, std::uint32_t* fourcc,
           std::size_t* stride) {
            *data = Target::of(buffer).memory.data();
            *fourcc = DRM_FORMAT_XRGB8888;
            *stride = Width * 4;
            return true;
        },
    .end_data_ptr_access = [](wlr_buffer*) {},
};

Target& target() {
    static Target& made = [] -> Target& {
        auto* target = new Target{};
        wlr_buffer_init(&target->buffer, &target_impl, Width, Height);
        target->dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, sizeof target->memory);
        return *target;
    }();
    return made;
}

} // namespace

wlr_renderer* create_renderer() {
    return create_real_renderer();
}

void end_renderer(wlr_renderer* renderer) {
    end_real_renderer(renderer);
}

unsigned count_textures() {
    return 0;
}

void refuse_textures(unsigned) {}

/// What is kept is replaced: one that is lost with every input, or many, is soon too many.
unsigned most_kept_descriptors() {
    return real_renderer_keeps_descriptors() ? 16 : 0;
}

void draw(wlr_renderer* renderer, const std::vector<wlr_surface*>& surfaces) {
    wlr_render_pass* pass = wlr_renderer_begin_buffer_pass(renderer, &target().buffer, nullptr);
    FUZZ_CHECK(pass, "nothing can be drawn");
    for (wlr_surface* surface : surfaces) {
        wlr_texture* texture = wlr_surface_get_texture(surface);
        if (!texture)
            continue;
        const wlr_surface_state& state = surface->current;
        wlr_render_texture_options options{};
        options.texture = texture;
        wlr_surface_get_buffer_source_box(surface, &options.src_box);
        options.dst_box = {0, 0, std::min(state.width, Width), std::min(state.height, Height)};
        options.transform = wlr_output_transform_invert(state.transform);
        test::name_colors(options, surface);
        wlr_render_pass_add_texture(pass, &options);
    }
    FUZZ_CHECK(wlr_render_pass_submit(pass), "nothing can be drawn");
}

} // namespace fuzz
