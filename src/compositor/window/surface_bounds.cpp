#include "compositor/window/surface_bounds.hpp"

#include "compositor/wlr_shells.hpp"

namespace tarmac::compositor {
namespace {

void bound(int& coordinate) {
    coordinate = std::clamp(coordinate, -Farthest, Farthest);
}

void bound_subsurfaces(wl_list& list) {
    for (wl_list* link = list.next; link != &list; link = link->next) {
        wlr_subsurface_parent_state* state = wl_container_of(link, state, link);
        bound(state->x);
        bound(state->y);
    }
}

void bound_layer(wlr_layer_surface_v1_state& state) {
    for (std::uint32_t* side : {&state.desired_width, &state.desired_height})
        *side = std::min(*side, static_cast<std::uint32_t>(Farthest));
    auto& margin = state.margin;
    for (std::int32_t* number :
         {&state.exclusive_zone, &margin.top, &margin.right, &margin.bottom, &margin.left})
        bound(*number);
}

void bound_pending(wlr_surface& surface) {
    wlr_surface_state& pending = surface.pending;
    bound(pending.width);
    bound(pending.height);
    bound(pending.viewport.dst_width);
    bound(pending.viewport.dst_height);
    bound(pending.dx);
    bound(pending.dy);
    bound_subsurfaces(pending.subsurfaces_below);
    bound_subsurfaces(pending.subsurfaces_above);
    if (wlr_xdg_surface* xdg = wlr_xdg_surface_try_from_wlr_surface(&surface))
        xdg->pending.geometry = bounded(xdg->pending.geometry);
    if (wlr_layer_surface_v1* layer = wlr_layer_surface_v1_try_from_wlr_surface(&surface))
        bound_layer(layer->pending);
}

} // namespace

wlr_box bounded(const wlr_box& box) {
    return {std::clamp(box.x, -Farthest, Farthest), std::clamp(box.y, -Farthest, Farthest),
            std::clamp(box.width, 0, Farthest), std::clamp(box.height, 0, Farthest)};
}

SurfaceBounds::SurfaceBounds(wlr_compositor& compositor, std::function<void()> on_commit)
    : on_commit_{std::move(on_commit)} {
    new_surface_.connect<wlr_surface>(compositor.events.new_surface, [this](wlr_surface* surface) {
        Listeners& listeners = surfaces_[surface];
        listeners.client_commit.connect(surface->events.client_commit, [this, surface] {
            on_commit_();
            bound_pending(*surface);
        });
        listeners.destroy.connect(surface->events.destroy,
                                  [this, surface] { surfaces_.erase(surface); });
    });
}

} // namespace tarmac::compositor
