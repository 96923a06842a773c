#pragma once

#include <memory>
#include <tarmac/buffer.hpp>
#include <tarmac/dmabuf.hpp>

#include "wlr/wlr.hpp"

namespace tarmac {

/// A buffer that renderers import. It keeps the image while anybody has it locked, and what a
/// renderer made of it goes with it.
struct ImportedBuffer : wlr_buffer {
    std::shared_ptr<const Dmabuf> image;

    static std::unique_ptr<ImportedBuffer, BufferDrop> create(std::shared_ptr<const Dmabuf> image);
    /// nullptr for any other buffer.
    static ImportedBuffer* from(wlr_buffer* buffer) noexcept;
};

/// The image as wlroots has it. The descriptors are borrowed.
wlr_dmabuf_attributes attributes_of(const Dmabuf& image) noexcept;

} // namespace tarmac
