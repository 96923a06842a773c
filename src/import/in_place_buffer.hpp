#pragma once

#include <memory>
#include <tarmac/buffer.hpp>

#include "ready/mapping.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// A buffer whose pixels renderers read where they lie in a client's memory. They get at them only
/// while its window is open: who shows it opens it when DMA_BUF_IOCTL_SYNC has begun the reading.
/// Pixels that were taken away meanwhile are black, see BusFaultGuard.
struct InPlaceBuffer : wlr_buffer {
    std::shared_ptr<Mapping> mapping;
    bool is_open = false;

    static std::unique_ptr<InPlaceBuffer, BufferDrop> create(std::shared_ptr<Mapping> mapping);
    /// nullptr for any other buffer.
    static InPlaceBuffer* from(wlr_buffer* buffer) noexcept;
};

} // namespace tarmac
