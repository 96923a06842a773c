#include "compositor/window/window_nodes.hpp"

namespace tarmac::compositor {
namespace {

constexpr float BackdropColor[] = {0.0F, 0.0F, 0.0F, 1.0F};

} // namespace

WindowNodes::WindowNodes(wlr_scene_tree* layer, wlr_xdg_surface& surface, Toplevel& owner)
    : surface_{surface}
    , tree_{wlr_scene_tree_create(layer)}
    , backdrop_{wlr_scene_rect_create(tree_, 0, 0, BackdropColor)}
    , border_{tree_}
    , content_{wlr_scene_xdg_surface_create(tree_, &surface)}
    , popups_{wlr_scene_tree_create(tree_)} {
    tree_->node.data = &owner;
    wlr_scene_node_set_enabled(&backdrop_->node, false);
    // Popup looks for its parent's tree here. Not content_, or popups would be clipped with it.
    surface.data = popups_;
}

WindowNodes::~WindowNodes() {
    surface_.data = nullptr;
    wlr_scene_node_destroy(&tree_->node);
}

void WindowNodes::show(const wlr_box& place, const wlr_box& covered, bool with_border) {
    const bool covers = !wlr_box_empty(&covered);
    wlr_scene_node_set_position(&tree_->node, place.x, place.y);
    wlr_scene_node_set_enabled(&backdrop_->node, covers);
    if (covers) {
        const int x = covered.x - place.x, y = covered.y - place.y;
        wlr_scene_node_set_position(&backdrop_->node, x, y);
        wlr_scene_rect_set_size(backdrop_, covered.width, covered.height);
        // The content isn't clipped to what it covers: the arithmetic of wlroots' clip can leave
        // the buffer by a rounding error, which its renderer answers with an abort.
    }
    border_.fit(place.width, place.height);
    border_.set_shown(with_border);
}

void WindowNodes::hide() {
    wlr_scene_node_set_enabled(&backdrop_->node, false);
    border_.set_shown(false);
}

} // namespace tarmac::compositor
