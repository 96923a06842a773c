#pragma once

#include <memory>
#include <tarmac/dmabuf.hpp>
#include <tarmac/texture.hpp>

#include "import/mapped_pixels.hpp"
#include "wlroots/wlr.hpp"

namespace tarmac {

/// What all of our wlr_buffers are: an image that renderers import, or whose pixels they read. They
/// prefer to import, so while they are to read they aren't told of the dma-buf.
struct DmabufBuffer : wlr_buffer {
    std::shared_ptr<const Dmabuf> dmabuf;
    std::unique_ptr<MappedPixels> pixels; ///< there once somebody has had to read them
    bool is_linear = true;                ///< so that they can be
    bool is_importable = true;            ///< by the renderer
    bool is_read = false;                 ///< rather than imported

    /// From now on renderers can only read it.
    void make_readable(std::unique_ptr<MappedPixels> own_pixels) {
        pixels = std::move(own_pixels);
        is_importable = false;
        is_read = true;
    }
    /// For a new renderer, which takes `other`, a buffer of the same image, its way.
    void take_way_of(DmabufBuffer& other) {
        pixels = std::move(other.pixels);
        is_importable = other.is_importable;
        is_read = other.is_read;
    }
};

/// A buffer that is imported, and keeps `dmabuf` while anybody has it locked.
std::unique_ptr<DmabufBuffer, BufferDrop> create_dmabuf_buffer(std::shared_ptr<const Dmabuf> dmabuf);

/// nullptr for a buffer of somebody else's.
DmabufBuffer* dmabuf_buffer_from(wlr_buffer* buffer) noexcept;

} // namespace tarmac
