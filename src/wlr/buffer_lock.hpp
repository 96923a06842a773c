#pragma once

#include <memory>

#include "wlr/wlr.hpp"

namespace tarmac {

/// A lock of a wlr_buffer.
struct BufferUnlock {
    void operator()(wlr_buffer* buffer) const noexcept { wlr_buffer_unlock(buffer); }
};
using BufferLock = std::unique_ptr<wlr_buffer, BufferUnlock>;

} // namespace tarmac
