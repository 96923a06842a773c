#pragma once

#include <memory>
#include <tarmac/buffer.hpp>
#include <tarmac/dmabuf.hpp>

#include "dmabuf/linear_memory.hpp"
#include "import/rendition.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// Memory of ours with a copy of a client's picture, as a buffer for renderers. Where they import
/// such memory they are told its dma-buf; all can read it.
class CopyBuffer : public wlr_buffer {
public:
    /// What a copy takes.
    static std::uint64_t size_of(Extent extent, const Rendition& rendition) noexcept;
    /// Without memory, which who writes to it first allocates.
    static std::unique_ptr<CopyBuffer, BufferDrop> create(Extent extent,
                                                          const Rendition& rendition);
    /// nullptr for any other buffer.
    static CopyBuffer* from(wlr_buffer* buffer) noexcept;

    Extent extent() const noexcept {
        return {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
    }
    std::uint32_t fourcc() const noexcept { return rendition_.fourcc; }
    std::size_t stride() const noexcept { return stride_; }
    /// Whether it could hold a picture as large and of that kind.
    bool fits(Extent extent, const Rendition& rendition) const noexcept;
    /// For workers, which may write there for longer than the buffer lives.
    const std::shared_ptr<LinearMemory>& memory() const noexcept { return memory_; }

    /// While hidden, whoever reads the pixels finds a null pointer.
    void hide_pixels(bool are_hidden) noexcept { are_hidden_ = are_hidden; }

    /// The image that is, or is about to be, seen in it: what dmabuf_from_buffer() has to say.
    const std::shared_ptr<const Dmabuf>& shown_image() const noexcept { return shown_image_; }
    /// How that is seen in it.
    const Rendition& rendition() const noexcept { return rendition_; }
    /// `rendition` has to fit.
    void show(std::shared_ptr<const Dmabuf> image, const Rendition& rendition) noexcept {
        shown_image_ = std::move(image);
        rendition_ = rendition;
    }

private:
    static const wlr_buffer_impl impl_;

    CopyBuffer(Extent extent, const Rendition& rendition);
    ~CopyBuffer() = default;

    bool tell_dmabuf(wlr_dmabuf_attributes& attributes) const noexcept;

    Rendition rendition_;
    std::size_t stride_;
    bool are_hidden_ = false;
    std::shared_ptr<LinearMemory> memory_;
    std::shared_ptr<const Dmabuf> shown_image_;
};

} // namespace tarmac
