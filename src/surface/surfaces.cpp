#include "surface/surfaces.hpp"

#include <list>

#include "surface/surface.hpp"

namespace tarmac {

struct Surfaces::State {
    std::list<Surface> surfaces;
    Listener new_surface, compositor_gone;
};

Surfaces::Surfaces(wlr_compositor& compositor) : state_{std::make_unique<State>()} {
    State& state = *state_;
    state.new_surface.connect<wlr_surface>(
        compositor.events.new_surface, [&state](wlr_surface* surface) {
            const auto made = state.surfaces.emplace(state.surfaces.end(), *surface);
            made->on_gone([&state, made] { state.surfaces.erase(made); });
        });
    state.compositor_gone.connect(compositor.events.destroy, [&state] {
        state.new_surface.disconnect();
        state.compositor_gone.disconnect();
    });
}

Surfaces::~Surfaces() = default;

void Surfaces::show_again() {
    for (Surface& surface : state_->surfaces)
        surface.show_again();
}

} // namespace tarmac
