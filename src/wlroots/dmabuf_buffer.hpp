#pragma once

#include <memory>
#include <tarmac/dmabuf.hpp>
#include <tarmac/texture.hpp>

namespace tarmac {

/// A wlr_buffer that gives `dmabuf` out through wlr_buffer_get_dmabuf() and keeps it while anybody
/// has the buffer locked.
BufferPtr create_dmabuf_buffer(std::shared_ptr<const Dmabuf> dmabuf);

} // namespace tarmac
