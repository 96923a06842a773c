#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "import/dmabuf_buffer.hpp"
#include "wlr/guard.hpp"

namespace tarmac {

/// A client's dma-buf with what it is charged for that, to be given back when the last reader of
/// the buffer is done, which may be long after the wl_buffer has gone.
struct ClientImage : Dmabuf {
    ClientImage(Dmabuf&& dmabuf, ClientAccount::Charge&& its_charge,
                std::shared_ptr<const DmabufBuffer::Owner> its_owner)
        : Dmabuf{std::move(dmabuf)}, charge{std::move(its_charge)}, owner{std::move(its_owner)} {}
    ClientImage(const ClientImage&) = delete;
    ClientImage& operator=(const ClientImage&) = delete;
    /// The kernel frees the memory of a dma-buf while its last descriptor is closed.
    ~ClientImage() {
        guard([&] {
            const std::uint64_t size = memory_size();
            auto kept = std::make_shared<ClientAccount::Charge>(std::move(charge));
            auto memory = std::make_shared<const Dmabuf>(std::move(*this));
            owner->dispose({std::move(kept), std::move(memory), size});
        });
    }

    /// What the planes take, roughly: nobody but the driver knows all layouts.
    std::uint64_t memory_size() const noexcept {
        std::uint64_t size = 0;
        for (const Plane& plane : planes())
            size += std::uint64_t{plane.stride} * height();
        return size;
    }

    mutable ClientAccount::Charge charge; ///< more when it is mapped
    std::shared_ptr<const DmabufBuffer::Owner> owner;
};

} // namespace tarmac
