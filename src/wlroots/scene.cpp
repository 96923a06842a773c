#include <tarmac/scene.hpp>

#include "wlroots/dmabuf_buffer.hpp"

namespace tarmac {

namespace {

bool shows_inverted_buffer(const wlr_surface* surface) {
    const DmabufBuffer* source =
        surface->buffer ? dmabuf_buffer_from(surface->buffer->source) : nullptr;
    return source && !source->is_read && source->dmabuf->is_y_inverted();
}

void turn(wlr_scene_buffer* node, const wlr_surface_state& state) {
    // The client turned the picture first, then it was stored from below.
    const wl_output_transform turned =
        wlr_output_transform_compose(state.transform, WL_OUTPUT_TRANSFORM_FLIPPED_180);
    if (node->transform == turned)
        return;
    wlr_scene_buffer_set_transform(node, turned);
    wlr_fbox source = node->src_box;
    // Rounding may put it a hair outside, which wlr_scene doesn't take.
    source.y = std::max(0.0, state.buffer_height - source.y - source.height);
    wlr_scene_buffer_set_source_box(node, &source);
}

} // namespace

void turn_inverted_surfaces(wlr_scene_node* node) {
    wlr_scene_node_for_each_buffer(
        node,
        [](wlr_scene_buffer* buffer, int, int, void*) {
            const wlr_scene_surface* shown = wlr_scene_surface_try_from_buffer(buffer);
            if (shown && shows_inverted_buffer(shown->surface))
                turn(buffer, shown->surface->current);
        },
        nullptr);
}

} // namespace tarmac
