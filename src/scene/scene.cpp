#include <tarmac/scene.hpp>

#include "import/dmabuf_buffer.hpp"

namespace tarmac {

namespace {

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

void prepare(wlr_scene_buffer* node) {
    const wlr_scene_surface* shown = wlr_scene_surface_try_from_buffer(node);
    if (!shown)
        return;
    const wlr_client_buffer* buffer = shown->surface->buffer;
    const DmabufBuffer* source = buffer ? dmabuf_buffer_from(buffer->source) : nullptr;
    // A source that was read may be gone, but not one that was imported.
    const bool is_import = source && !source->is_read;
    if (!is_import || source->dmabuf->format().model != ColorModel::Yuv) {
        wlr_scene_buffer_set_color_encoding(node, WLR_COLOR_ENCODING_NONE);
        wlr_scene_buffer_set_color_range(node, WLR_COLOR_RANGE_NONE);
    }
    if (is_import && source->dmabuf->is_y_inverted())
        turn(node, shown->surface->current);
}

} // namespace

void prepare_scene(wlr_scene_node* node) {
    wlr_scene_node_for_each_buffer(
        node, [](wlr_scene_buffer* buffer, int, int, void*) { prepare(buffer); }, nullptr);
}

} // namespace tarmac
