#include "compositor/layer/layer_surface.hpp"

#include "compositor/layer/arrangement.hpp"
#include "compositor/layer/layers.hpp"
#include "compositor/scene.hpp"
#include "compositor/window/popup.hpp"

namespace tarmac::compositor {

LayerSurface::LayerSurface(Layers& layers, wlr_layer_surface_v1& shell, Scene& scene)
    : layers_{layers}
    , shell_{shell}
    , scene_{scene}
    , tree_{wlr_scene_layer_surface_v1_create(scene.layer(shell.pending.layer), &shell)->tree}
    , popups_{wlr_scene_tree_create(scene.popups())} {
    shell.data = this;
    commit_.connect(surface().events.commit, [this] { committed(); });
    map_.connect(surface().events.map, [this] { layers_.mapped(*this); });
    unmap_.connect(surface().events.unmap, [this] { layers_.unmapped(*this); });
    new_popup_.connect<wlr_xdg_popup>(shell.events.new_popup, [this](wlr_xdg_popup* popup) {
        layers_.show_popup(*popup, popups_);
    });
    destroy_.connect(shell.events.destroy, [this] { layers_.remove(*this); });
}

LayerSurface::~LayerSurface() {
    shell_.data = nullptr;
    wlr_scene_node_destroy(&popups_->node);
}

LayerSurface* LayerSurface::of(wlr_surface* surface) {
    wlr_surface* root = root_of(surface);
    wlr_layer_surface_v1* shell =
        root == nullptr ? nullptr : wlr_layer_surface_v1_try_from_wlr_surface(root);
    return shell == nullptr ? nullptr : static_cast<LayerSurface*>(shell->data);
}

bool LayerSurface::can_have_keyboard() const noexcept {
    return is_mapped() && tree_->node.enabled &&
           shell_.current.keyboard_interactive != ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_NONE;
}

bool LayerSurface::wants_all_keys() const noexcept {
    return can_have_keyboard() && is_above_windows() &&
           shell_.current.keyboard_interactive ==
               ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_EXCLUSIVE;
}

bool LayerSurface::is_above_windows() const noexcept {
    return layer() >= ZWLR_LAYER_SHELL_V1_LAYER_TOP;
}

void LayerSurface::committed() {
    if (shell_.initial_commit || !shell_.initialized)
        width_ = height_ = 0;
    is_by_client_ = shell_.current.committed != 0;
    if (shell_.initial_commit || is_by_client_ || waits_for_ack_) {
        wlr_scene_node_reparent(&tree_->node, scene_.layer(layer()));
        layers_.arrange_later();
    }
}

void LayerSurface::arrange(const wlr_box& whole, wlr_box& usable) {
    if (!shell_.initialized)
        return;
    // -1 stands for those that care for nobody's zone.
    const wlr_box place =
        arranged(shell_.current, shell_.current.exclusive_zone < 0 ? whole : usable);
    wlr_scene_node_set_position(&tree_->node, place.x, place.y);
    wlr_scene_node_set_position(&popups_->node, place.x, place.y);
    configure(place.width, place.height);
    if (is_mapped())
        usable = without_zone(shell_, usable, whole);
}

void LayerSurface::configure(int width, int height) {
    const bool is_new = width != width_ || height != height_;
    // Others can change all the time what room there is, even while this client doesn't read. What
    // it asked for itself it may wait for before it acknowledges anything.
    waits_for_ack_ = is_new && !is_by_client_ && !wl_list_empty(&shell_.configure_list);
    is_by_client_ = false;
    if (!is_new || waits_for_ack_)
        return;
    width_ = width;
    height_ = height;
    wlr_layer_surface_v1_configure(&shell_, static_cast<std::uint32_t>(width),
                                   static_cast<std::uint32_t>(height));
}

void LayerSurface::set_shown(bool shown) {
    wlr_scene_node_set_enabled(&tree_->node, shown);
    wlr_scene_node_set_enabled(&popups_->node, shown);
}

} // namespace tarmac::compositor
