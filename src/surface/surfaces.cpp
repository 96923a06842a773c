#include "surface/surfaces.hpp"

#include <ranges>
#include <vector>

#include "surface/misfit_guard.hpp"
#include "wlr/guard.hpp"
#include "wlr/surface_states.hpp"

namespace tarmac {

Surfaces::Surfaces(wlr_compositor& compositor, SurfaceContext& context)
    : context_{context}, compositor_{&compositor} {
    new_surface_.connect<wlr_surface>(compositor.events.new_surface, [this](wlr_surface* surface) {
        guard_for(wl_resource_get_client(surface->resource), [&] { add(*surface); });
    });
    compositor_gone_.connect(compositor.events.destroy, [this] {
        new_surface_.disconnect();
        compositor_gone_.disconnect();
        compositor_ = nullptr;
    });
}

Surfaces::~Surfaces() {
    guard([this] {
        const auto all = surfaces_;
        for (const auto& surface : std::views::values(all))
            surface->let_go_of_all();
    });
    if (!compositor_)
        return;
    guard([this] {
        std::vector<wlr_surface*> left;
        for (const auto& [surface, followed] : surfaces_)
            left.push_back(surface);
        guard_against_misfits(*compositor_, left);
    });
}

void Surfaces::add(wlr_surface& surface) {
    auto added = std::make_shared<Surface>(surface, context_, *this);
    added->on_gone([this, &surface] {
        find(surface)->leave();
        surfaces_.erase(&surface);
    });
    surfaces_.emplace(&surface, std::move(added));
}

void Surfaces::follow(wlr_surface& surface) {
    if (!find(surface))
        add(surface);
    // All that the current state has, and those that are new.
    for_each_child(surface.pending, [this](wlr_surface& child) { follow(child); });
}

std::shared_ptr<Surface> Surfaces::find(wlr_surface& surface) const {
    const auto found = surfaces_.find(&surface);
    return found != surfaces_.end() ? found->second : nullptr;
}

void Surfaces::for_each(const std::function<void(const Surface& surface)>& visit) const {
    for (const auto& surface : std::views::values(surfaces_))
        visit(*surface);
}

void Surfaces::show_again() {
    const auto all = surfaces_;
    for (const auto& surface : std::views::values(all))
        surface->show_again();
}

void Surfaces::skip_oldest_of(wl_client* client) const {
    std::shared_ptr<Surface> oldest;
    for (const auto& [wlr, surface] : surfaces_) {
        const auto since = surface->waits_since();
        if (wl_resource_get_client(wlr->resource) == client && since &&
            (!oldest || *since < *oldest->waits_since()))
            oldest = surface;
    }
    if (oldest)
        oldest->skip_oldest();
}

} // namespace tarmac
