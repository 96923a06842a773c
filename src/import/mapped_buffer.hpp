#pragma once

#include <memory>
#include <tarmac/dmabuf.hpp>
#include <tarmac/texture.hpp>

#include "import/mapped_pixels.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// A buffer whose pixels renderers read.
struct MappedBuffer : wlr_buffer {
    std::shared_ptr<const Dmabuf> image;
    std::unique_ptr<MappedPixels> pixels;

    static std::unique_ptr<MappedBuffer, BufferDrop> create(std::shared_ptr<const Dmabuf> image,
                                                            std::unique_ptr<MappedPixels> pixels);
    /// nullptr for any other buffer.
    static MappedBuffer* from(wlr_buffer* buffer) noexcept;
};

} // namespace tarmac
