#pragma once

#include <memory>
#include <tarmac/dmabuf.hpp>
#include <tarmac/texture.hpp>

#include "wlroots/wlr.hpp"

namespace tarmac {

/// What all of our wlr_buffers are.
struct DmabufBuffer : wlr_buffer {
    std::shared_ptr<const Dmabuf> dmabuf;
};

/// A wlr_buffer that gives `dmabuf` out through wlr_buffer_get_dmabuf() and keeps it while anybody
/// has the buffer locked.
BufferPtr create_dmabuf_buffer(std::shared_ptr<const Dmabuf> dmabuf);

} // namespace tarmac
