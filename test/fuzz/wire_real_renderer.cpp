#include <algorithm>

#include "fuzz/input.hpp"
#include "fuzz/real_renderer.hpp"
#include "fuzz/wire_renderer.hpp"
#include "support/drawn_buffer.hpp"
#include "support/name_colors.hpp"
#include "wlr/wlr.hpp"

namespace fuzz {

namespace {

constexpr int Width = 64, Height = 64;

wlr_buffer* target() {
    static wlr_buffer* made = test::DrawnBuffer::create(Width, Height);
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
    wlr_render_pass* pass = wlr_renderer_begin_buffer_pass(renderer, target(), nullptr);
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
