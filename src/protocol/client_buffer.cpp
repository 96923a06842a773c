#include "protocol/client_buffer.hpp"

#include "protocol/resource.hpp"

namespace tarmac {

namespace {

constexpr struct wl_buffer_interface buffer_requests = {
    .destroy = destroy_resource,
};

} // namespace

const wlr_buffer_resource_interface ClientBuffer::resource_interface = {
    .name = "tarmac dma-buf",
    .is_instance =
        [](wl_resource* resource) {
            return wl_resource_instance_of(resource, &wl_buffer_interface, &buffer_requests) != 0;
        },
    .from_resource = [](wl_resource* resource) -> wlr_buffer* {
        auto& self = object_of<ClientBuffer>(resource);
        DmabufBuffer* buffer = self.buffer_.get();
        if (buffer && self.is_imported_on_use_)
            guard([buffer] { buffer->import_now(); });
        const bool is_usable =
            buffer && (buffer->state() != DmabufBuffer::State::Failed || buffer->was_taken());
        return is_usable ? buffer : nullptr;
    },
};

void ClientBuffer::register_with_wlroots() {
    wlr_buffer_register_resource_interface(&resource_interface);
}

ClientBuffer* ClientBuffer::create(wl_client* client, std::uint32_t id) {
    return create_resource<ClientBuffer>(client, wl_buffer_interface, 1, id, &buffer_requests);
}

ClientBuffer::ClientBuffer(wl_resource* resource) : resource_{resource} {}

ClientBuffer::~ClientBuffer() {
    if (buffer_)
        buffer_->set_id(0);
}

void ClientBuffer::fill(std::unique_ptr<DmabufBuffer, BufferDrop> buffer, bool is_imported_on_use) {
    buffer_ = std::move(buffer);
    buffer_->set_id(wl_resource_get_id(resource_));
    is_imported_on_use_ = is_imported_on_use;
    release_.connect(buffer_->events.release, [this] { wl_buffer_send_release(resource_); });
}

} // namespace tarmac
