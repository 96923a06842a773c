#pragma once

#include <cstdint>
#include <tarmac/texture.hpp>

#include "wlroots/listener.hpp"

struct wl_client;
struct wl_resource;
struct wlr_buffer_resource_interface;

namespace tarmac {

/// A client's wl_buffer, owned by its resource: holds the producer's reference to the wlr_buffer and
/// tells the client when nobody reads it any more.
class ClientBuffer {
public:
    /// `id` 0 lets the server choose one, for the `created` event. Hooks `release` of `buffer`, so
    /// trial imports must be over. Returns nullptr with no_memory posted.
    static wl_resource* create(wl_client* client, std::uint32_t id, BufferPtr buffer);

    /// Makes wl_surface accept these buffers. Once a process is enough, more do no harm.
    static void register_with_wlroots();

    ClientBuffer(wl_resource* resource, BufferPtr buffer);

private:
    static const wlr_buffer_resource_interface resource_interface;

    wl_resource* resource_;
    BufferPtr buffer_;
    Listener release_;
};

} // namespace tarmac
