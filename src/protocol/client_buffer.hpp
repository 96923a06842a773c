#pragma once

#include <cstdint>
#include <tarmac/texture.hpp>

#include "ready/import_queue.hpp"
#include "wlr/listener.hpp"

struct wl_client;
struct wl_resource;
struct wlr_buffer_resource_interface;

namespace tarmac {

/// A client's wl_buffer, owned by its resource: holds the producer's reference to the wlr_buffer
/// and tells the client when nobody reads it any more.
class ClientBuffer {
public:
    /// `id` 0 lets the server choose one, for the `created` event. Returns nullptr with no_memory
    /// posted. Empty until it is filled; wlroots ends a client that uses an empty one.
    static ClientBuffer* create(wl_client* client, std::uint32_t id);

    /// Makes wl_surface accept these buffers. Once a process is enough, more do no harm.
    static void register_with_wlroots();

    explicit ClientBuffer(wl_resource* resource);

    wl_resource* resource() const { return resource_; }

    /// Hooks `release` of `buffer`, so trial imports must be over.
    void fill(BufferPtr buffer);
    /// The work behind `import` fills this buffer. It is done now if a surface gets the buffer
    /// first.
    void await(ImportQueue::Ticket import) { import_ = std::move(import); }

private:
    static const wlr_buffer_resource_interface resource_interface;

    wl_resource* resource_;
    BufferPtr buffer_;
    Listener release_;
    ImportQueue::Ticket import_;
};

} // namespace tarmac
