#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>

struct wlr_buffer;

namespace tarmac {

/// Gives up the producer's reference (wlr_buffer_drop): the buffer goes when nobody has it locked.
struct BufferDrop {
    TARMAC_EXPORT void operator()(wlr_buffer* buffer) const noexcept;
};
/// The producer's reference to a wlr_buffer.
using BufferPtr = std::unique_ptr<wlr_buffer, BufferDrop>;

} // namespace tarmac
