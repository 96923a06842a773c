#pragma once

#include <functional>
#include <memory>
#include <tarmac/dmabuf.hpp>
#include <tarmac/texture.hpp>

#include "import/mapped_pixels.hpp"
#include "wlr/buffer_lock.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// What all of our wlr_buffers are: an image that renderers import, or whose pixels they read. They
/// prefer to import, so where they are to read they aren't told of the dma-buf.
struct DmabufBuffer : wlr_buffer {
    std::shared_ptr<const Dmabuf> dmabuf;
    std::shared_ptr<MappedPixels> pixels; ///< there once somebody has had to read them
    bool is_linear = true;                ///< so that they can be
    bool is_read = false;                 ///< rather than imported
    BufferLock original;                  ///< of which this is a reading, if need be
    /// Asked before so many bytes are mapped and copied that weren't when the image was imported.
    std::function<bool(std::uint64_t bytes)> may_map = [](std::uint64_t) { return true; };

    /// Has renderers read it.
    void let_read(std::shared_ptr<MappedPixels> its_pixels) {
        pixels = std::move(its_pixels);
        is_read = true;
    }
};

/// A buffer that is imported, and keeps `dmabuf` while anybody has it locked.
std::unique_ptr<DmabufBuffer, BufferDrop>
create_dmabuf_buffer(std::shared_ptr<const Dmabuf> dmabuf);

/// `buffer` for those who have to read its pixels (which must be there). Goes when it is unlocked,
/// and `lock` with it.
BufferLock create_reading(const DmabufBuffer& buffer, BufferLock lock);

/// nullptr for a buffer of somebody else's.
DmabufBuffer* dmabuf_buffer_from(wlr_buffer* buffer) noexcept;

} // namespace tarmac
