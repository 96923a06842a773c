#include <tarmac/buffer.hpp>

#include "wlr/wlr.hpp"

namespace tarmac {

void BufferDrop::operator()(wlr_buffer* buffer) const noexcept {
    wlr_buffer_drop(buffer);
}

} // namespace tarmac
