#include "wlr/plane_colors.hpp"

#include "wlr/wlr.hpp"

namespace tarmac {

#if TARMAC_WLROOTS_SINCE(20)

// As color_management_is_scanout_allowed() and scene_entry_try_direct_scanout() in
// types/scene/wlr_scene.c of 0.20.2.
bool has_plane_colors(const wlr_scene_buffer& node, const wlr_output& output) {
    const bool is_plain =
        node.color_encoding == WLR_COLOR_ENCODING_NONE && node.color_range == WLR_COLOR_RANGE_NONE;
    const bool is_full_rgb = node.color_encoding == WLR_COLOR_ENCODING_IDENTITY &&
                             node.color_range == WLR_COLOR_RANGE_FULL;
    if (!is_plain && !is_full_rgb)
        return false;
    const wlr_output_image_description* shown = output.image_description;
    if (node.transfer_function == 0 && node.primaries == 0)
        return !shown;
    return node.transfer_function ==
               (shown ? shown->transfer_function : WLR_COLOR_TRANSFER_FUNCTION_GAMMA22) &&
           node.primaries == (shown ? shown->primaries : WLR_COLOR_NAMED_PRIMARIES_SRGB);
}

#else

bool has_plane_colors(const wlr_scene_buffer&, const wlr_output&) {
    return true;
}

#endif

} // namespace tarmac
