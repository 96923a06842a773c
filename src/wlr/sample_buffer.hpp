#pragma once

#include <span>
#include <tarmac/buffer.hpp>
#include <tarmac/geometry.hpp>

#include "dmabuf/linear_memory.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// A small linear picture for trying what a renderer makes of it. Its planes lie one after the
/// other, each with as many bytes as the first; all are 0 at first.
class SampleBuffer : public wlr_buffer {
public:
    /// Of each plane, in bytes. GPUs want no more of it than that it can be divided by this.
    static constexpr std::uint32_t Stride = 256;

    /// nullptr where the machine makes no dma-buf of a process's memory.
    static std::unique_ptr<SampleBuffer, BufferDrop> create(std::uint32_t fourcc, Extent extent,
                                                            unsigned n_planes = 1);

    /// For writing before any renderer has seen the buffer.
    std::span<std::uint8_t> plane(unsigned nth) noexcept {
        return {memory_.data() + nth * plane_size(), plane_size()};
    }

private:
    static const wlr_buffer_impl impl_;

    SampleBuffer(std::uint32_t fourcc, Extent extent, unsigned n_planes, LinearMemory memory);
    std::size_t plane_size() const noexcept {
        return std::size_t{Stride} * static_cast<unsigned>(height);
    }
    void tell_dmabuf(wlr_dmabuf_attributes& attributes) const noexcept;

    std::uint32_t fourcc_;
    unsigned n_planes_;
    LinearMemory memory_;
};

} // namespace tarmac
