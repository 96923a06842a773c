#pragma once

#include <string_view>

struct wl_client;
struct wl_resource;

namespace tarmac {

/// The client's object of the protocol extension `interface` whose current state for a surface is
/// `current` (a `…_get_surface_state()` of wlroots). nullptr if there is none.
wl_resource* find_surface_object(wl_client* client, std::string_view interface,
                                 const void* current);

} // namespace tarmac
