#pragma once

#include <cstddef>
#include <span>

#include "wlr/wlr.hpp"

namespace tarmac {

/// What `state`, which is pending, cached or current in `surface`, has for the object of a protocol
/// extension whose current state is `current` (a `…_get_surface_state()` of wlroots); nullptr if
/// `current` isn't of this surface. Such an object has the same place in all states of a surface.
template <class T>
T* synced_state_in(const wlr_surface& surface, const wlr_surface_state& state, const T* current) {
    const auto slots = [](const wlr_surface_state& of) {
        return std::span{static_cast<void* const*>(of.synced.data), of.synced.size / sizeof(void*)};
    };
    const auto all_current = slots(surface.current), all = slots(state);
    for (std::size_t i = 0; i < all_current.size() && i < all.size(); ++i) {
        if (all_current[i] == current)
            return static_cast<T*>(all[i]);
    }
    return nullptr;
}

} // namespace tarmac
