#include "compositor/window/popup.hpp"

#include "compositor/output/outputs.hpp"
#include "compositor/window/windows.hpp"

namespace tarmac::compositor {

wlr_surface* root_of(wlr_surface* surface) {
    while (surface != nullptr) {
        surface = wlr_surface_get_root_surface(surface);
        wlr_xdg_surface* xdg = wlr_xdg_surface_try_from_wlr_surface(surface);
        if (xdg == nullptr || xdg->role != WLR_XDG_SURFACE_ROLE_POPUP || xdg->popup == nullptr)
            break;
        surface = xdg->popup->parent;
    }
    return surface;
}

Popup::Popup(Windows& windows, wlr_xdg_popup& xdg) : windows_{windows}, xdg_{xdg} {
    wlr_xdg_surface* parent =
        xdg.parent == nullptr ? nullptr : wlr_xdg_surface_try_from_wlr_surface(xdg.parent);
    if (parent != nullptr && parent->data != nullptr)
        show_in(static_cast<wlr_scene_tree*>(parent->data));
    await_first_commit();
    commit_.connect(xdg.base->surface->events.commit, [this] { committed(); });
    reposition_.connect(xdg.events.reposition, [this] { configure(); });
    destroy_.connect(xdg.events.destroy, [this] { windows_.remove(*this); });
}

Popup::~Popup() {
    // A client may keep the xdg_surface, and make another popup of it.
    if (tree_ != nullptr)
        wlr_scene_node_destroy(&tree_->node);
}

void Popup::show_in(wlr_scene_tree* parent) {
    tree_ = wlr_scene_xdg_surface_create(parent, xdg_.base);
    // For the popups of this popup, which the client may also make when this one has gone.
    xdg_.base->data = tree_;
    tree_gone_.connect(tree_->node.events.destroy, [this] {
        tree_gone_.disconnect();
        tree_ = nullptr;
        xdg_.base->data = nullptr;
    });
}

void Popup::await_first_commit() {
    awaits_first_commit_ = true;
    // wlroots 0.20 answers xdg_popup.reposition with a configure at any time, but aborts if there
    // was no commit yet: any client could end the compositor. So it shall believe that there was.
    xdg_.base->initialized = true;
}

void Popup::committed() {
    if (awaits_first_commit_) {
        awaits_first_commit_ = false;
        configure();
    } else if (!xdg_.base->initialized) {
        // This commit took the popup's picture away, after which all begins anew.
        await_first_commit();
    }
}

void Popup::configure() {
    wlr_xdg_surface_schedule_configure(xdg_.base);
    const wlr_box area = room();
    if (!wlr_box_empty(&area))
        wlr_xdg_popup_unconstrain_from_box(&xdg_, &area);
}

wlr_box Popup::room() const {
    const auto origin = windows_.origin_of(xdg_.base->surface);
    if (!origin)
        return {};
    wlr_box area = windows_.outputs().box(origin->output);
    area.x -= origin->x;
    area.y -= origin->y;
    return area;
}

} // namespace tarmac::compositor
