#pragma once

#include <cstdint>
#include <tarmac/buffer.hpp>

#include "import/dmabuf_buffer.hpp"
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
    /// posted. Empty until it is filled; wlroots ends a client that uses an empty one, or one that
    /// no importer ever took.
    static ClientBuffer* create(wl_client* client, std::uint32_t id);

    /// Makes wl_surface accept these buffers. Once a process is enough, more do no harm.
    static void register_with_wlroots();

    explicit ClientBuffer(wl_resource* resource);
    ~ClientBuffer();
    ClientBuffer(const ClientBuffer&) = delete;
    ClientBuffer& operator=(const ClientBuffer&) = delete;

    wl_resource* resource() const { return resource_; }

    /// Where `is_imported_on_use`, its import is done at the latest when somebody wants it.
    void fill(std::unique_ptr<DmabufBuffer, BufferDrop> buffer, bool is_imported_on_use);

private:
    static const wlr_buffer_resource_interface resource_interface;

    wl_resource* resource_;
    std::unique_ptr<DmabufBuffer, BufferDrop> buffer_;
    Listener release_;
    bool is_imported_on_use_ = false;
};

} // namespace tarmac
