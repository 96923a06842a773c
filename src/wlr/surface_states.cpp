#include "wlr/surface_states.hpp"

#include <utility>

namespace tarmac {

PictureGeometry PictureGeometry::of(const wlr_surface_state& state) noexcept {
    return {state.width, state.height,    state.buffer_width, state.buffer_height,
            state.scale, state.transform, state.viewport};
}

PictureGeometry PictureGeometry::stretched_pixel(int width, int height) noexcept {
    PictureGeometry geometry{.width = width,
                             .height = height,
                             .buffer_width = 1,
                             .buffer_height = 1,
                             .scale = 1,
                             .transform = WL_OUTPUT_TRANSFORM_NORMAL,
                             .viewport = {}};
    geometry.viewport.has_dst = true;
    geometry.viewport.dst_width = width;
    geometry.viewport.dst_height = height;
    return geometry;
}

void PictureGeometry::write_to(wlr_surface_state& state) const noexcept {
    state.width = width;
    state.height = height;
    state.buffer_width = buffer_width;
    state.buffer_height = buffer_height;
    state.scale = scale;
    state.transform = transform;
    state.viewport = viewport;
}

wlr_surface_state* cached_state(wlr_surface& surface, std::uint32_t seq) noexcept {
    for (wl_list* link = surface.cached.next; link != &surface.cached; link = link->next) {
        wlr_surface_state* state = wl_container_of(link, state, cached_state_link);
        if (state->seq == seq)
            return state;
    }
    return nullptr;
}

void for_each_cached(const wlr_surface& surface,
                     const std::function<void(const wlr_surface_state& cached)>& visit) {
    for (const wl_list* link = surface.cached.next; link != &surface.cached; link = link->next) {
        const wlr_surface_state* state = wl_container_of(link, state, cached_state_link);
        visit(*state);
    }
}

void remove_buffer(wlr_surface_state& state) noexcept {
    state.committed &= ~static_cast<std::uint32_t>(WLR_SURFACE_STATE_BUFFER);
    wlr_buffer_unlock(std::exchange(state.buffer, nullptr));
}

void set_buffer(wlr_surface_state& state, wlr_buffer& buffer) noexcept {
    wlr_buffer_unlock(std::exchange(state.buffer, wlr_buffer_lock(&buffer)));
}

wlr_surface* parent_of(wlr_surface& surface) noexcept {
    const wlr_subsurface* subsurface = wlr_subsurface_try_from_wlr_surface(&surface);
    return subsurface ? subsurface->parent : nullptr;
}

bool is_synchronized(wlr_surface& surface) noexcept {
    const wlr_subsurface* subsurface = wlr_subsurface_try_from_wlr_surface(&surface);
    while (subsurface && !subsurface->synchronized)
        subsurface = wlr_subsurface_try_from_wlr_surface(subsurface->parent);
    return subsurface != nullptr;
}

bool is_synchronized_itself(wlr_surface& surface) noexcept {
    const wlr_subsurface* subsurface = wlr_subsurface_try_from_wlr_surface(&surface);
    return subsurface && subsurface->synchronized;
}

bool is_held_by_subsurface(wlr_surface& surface, std::uint32_t seq) noexcept {
    const wlr_subsurface* subsurface = wlr_subsurface_try_from_wlr_surface(&surface);
    return subsurface && subsurface->has_cache && subsurface->cached_seq == seq;
}

bool is_held_beside(wlr_surface& surface, std::uint32_t seq, bool is_locked) noexcept {
    const wlr_surface_state* state = cached_state(surface, seq);
    if (!state)
        return true;
    const std::size_t known = is_held_by_subsurface(surface, seq) ? 1 : 0;
    return state->cached_state_locks > known + (is_locked ? 1 : 0);
}

void for_each_child(const wlr_surface_state& state,
                    const std::function<void(wlr_surface& child)>& visit) {
    const auto visit_list = [&](const wl_list& list) {
        // `visit` may end the child.
        for (wl_list *link = list.next, *next; link != &list; link = next) {
            next = link->next;
            wlr_subsurface_parent_state* place = wl_container_of(link, place, link);
            wlr_subsurface* child =
                wl_container_of(place->WLR_PRIVATE.synced, child, WLR_PRIVATE.parent_synced);
            visit(*child->surface);
        }
    };
    visit_list(state.subsurfaces_below);
    visit_list(state.subsurfaces_above);
}

void let_go_with_parent(wlr_surface& child) {
    wlr_subsurface* subsurface = wlr_subsurface_try_from_wlr_surface(&child);
    if (!subsurface || subsurface->synchronized || !subsurface->has_cache)
        return;
    subsurface->has_cache = false;
    wlr_surface_unlock_cached(&child, subsurface->cached_seq);
}

void set_damage(wlr_surface& surface, const pixman_region32_t& damage) noexcept {
    pixman_region32_copy(&surface.buffer_damage, &damage);
    pixman_region32_copy(&surface.current.buffer_damage, &damage);
    pixman_region32_clear(&surface.current.surface_damage);
}

void announce_new_picture(wlr_surface& surface) {
    wlr_surface_state& state = surface.current;
    const std::uint32_t committed = std::exchange(state.committed, WLR_SURFACE_STATE_BUFFER_DAMAGE);
    // Who moves with the offset has done so.
    state.dx = state.dy = 0;
    pixman_region32_fini(&surface.buffer_damage);
    pixman_region32_init_rect(&surface.buffer_damage, 0, 0,
                              static_cast<unsigned>(state.buffer_width),
                              static_cast<unsigned>(state.buffer_height));
    wl_signal_emit_mutable(&surface.events.commit, &surface);
    state.committed = committed;
}

} // namespace tarmac
