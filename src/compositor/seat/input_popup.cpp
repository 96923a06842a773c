#include "compositor/seat/input_popup.hpp"

namespace tarmac::compositor {

InputPopup::InputPopup(wlr_input_popup_surface_v2& popup, wlr_scene_tree* layer,
                       std::function<void()> on_commit, std::function<void()> on_gone)
    : popup_{popup}, tree_{wlr_scene_tree_create(layer)} {
    // Goes with the surface, and is shown while that is mapped.
    wlr_scene_subsurface_tree_create(tree_, popup.surface);
    commit_.connect(popup.surface->events.commit, std::move(on_commit));
    destroy_.connect(popup.events.destroy, std::move(on_gone));
}

void InputPopup::show_at(const wlr_box& cursor, const wlr_box& area) {
    const int width = popup_.surface->current.width, height = popup_.surface->current.height;
    const int right = area.x + area.width, bottom = area.y + area.height;
    const int below = cursor.y + cursor.height, above = cursor.y - height;
    const int x = std::max(std::min(cursor.x, right - width), area.x);
    const int y =
        std::max(below + height <= bottom ? below : std::min(above, bottom - height), area.y);
    wlr_scene_node_set_position(&tree_->node, x, y);
    wlr_box seen{cursor.x - x, cursor.y - y, cursor.width, cursor.height};
    if (!wlr_box_equal(&seen, &told_))
        wlr_input_popup_surface_v2_send_text_input_rectangle(&popup_, &seen);
    told_ = seen;
}

} // namespace tarmac::compositor
