#include "surface/misfit_guard.hpp"

#include <algorithm>
#include <list>

#include "wlr/guard.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// One of a compositor at most, which goes with it: nobody else is left to own it.
class MisfitGuard : wl_listener {
public:
    static MisfitGuard& of(wlr_compositor& compositor) {
        wl_listener* known = wl_signal_get(&compositor.events.destroy, end);
        return known ? *static_cast<MisfitGuard*>(known) : *new MisfitGuard{compositor};
    }

    bool watches(const wlr_surface* surface) const {
        return std::ranges::contains(all_, surface, &Watched::surface);
    }
    void watch(wlr_surface& surface) {
        Watched& watched = all_.emplace_back();
        if (!wlr_surface_synced_init(&watched.synced, &surface, &synced_impl, &watched.pending,
                                     &watched.current))
            return all_.pop_back();
        watched.surface = &surface;
        const auto place = std::prev(all_.end());
        watched.gone.connect(surface.events.destroy, [this, place] { all_.erase(place); });
    }

private:
    struct Watched {
        Watched() = default;
        Watched(const Watched&) = delete;
        Watched& operator=(const Watched&) = delete;
        ~Watched() {
            if (surface)
                wlr_surface_synced_finish(&synced);
        }

        wlr_surface* surface = nullptr;
        wlr_surface_synced synced{};
        char pending = 0, current = 0; ///< there is no state, but wlroots wants some
        Listener gone;
    };
    static constexpr wlr_surface_synced_impl synced_impl = {
        .state_size = sizeof(char),
        .init_state = nullptr,
        .finish_state = nullptr,
        .move_state = nullptr,
        .commit = [](wlr_surface_synced* synced) { drop_misfit(*synced->surface); },
    };

    explicit MisfitGuard(wlr_compositor& compositor) : wl_listener{} {
        new_surface_.connect<wlr_surface>(compositor.events.new_surface,
                                          [this](wlr_surface* surface) { watch(*surface); });
        notify = end;
        wl_signal_add(&compositor.events.destroy, this);
    }
    ~MisfitGuard() { wl_list_remove(&link); }

    static void end(wl_listener* listener, void*) { delete static_cast<MisfitGuard*>(listener); }

    std::list<Watched> all_;
    Listener new_surface_;
};

} // namespace

bool drop_misfit(wlr_surface& surface) noexcept {
    const wlr_client_buffer* shown = surface.buffer;
    if (!shown || (shown->base.width == surface.current.buffer_width &&
                   shown->base.height == surface.current.buffer_height))
        return false;
    wlr_buffer_unlock(&surface.buffer->base);
    surface.buffer = nullptr;
    return true;
}

void guard_against_misfits(wlr_compositor& compositor, const std::vector<wlr_surface*>& surfaces) {
    MisfitGuard& guard = MisfitGuard::of(compositor);
    for (wlr_surface* surface : surfaces) {
        if (!guard.watches(surface))
            guard.watch(*surface);
    }
}

} // namespace tarmac
