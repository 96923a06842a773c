#include "compositor/window/border.hpp"

namespace tarmac::compositor {
namespace {

constexpr int Thickness = 2;
constexpr float ActiveColor[] = {0.36F, 0.55F, 0.78F, 1.0F};
constexpr float InactiveColor[] = {0.27F, 0.30F, 0.34F, 1.0F};

} // namespace

Border::Border(wlr_scene_tree* parent) : tree_{wlr_scene_tree_create(parent)} {
    for (auto& side : sides_)
        side = wlr_scene_rect_create(tree_, 0, 0, InactiveColor);
    set_shown(false);
}

void Border::fit(int width, int height) {
    const std::array<wlr_box, 4> boxes{{
        {-Thickness, -Thickness, width + 2 * Thickness, Thickness},
        {-Thickness, height, width + 2 * Thickness, Thickness},
        {-Thickness, 0, Thickness, height},
        {width, 0, Thickness, height},
    }};
    for (std::size_t i = 0; i < sides_.size(); ++i) {
        wlr_scene_node_set_position(&sides_[i]->node, boxes[i].x, boxes[i].y);
        wlr_scene_rect_set_size(sides_[i], boxes[i].width, boxes[i].height);
    }
}

void Border::set_shown(bool shown) {
    wlr_scene_node_set_enabled(&tree_->node, shown);
}

void Border::set_active(bool active) {
    for (auto* side : sides_)
        wlr_scene_rect_set_color(side, active ? ActiveColor : InactiveColor);
}

} // namespace tarmac::compositor
