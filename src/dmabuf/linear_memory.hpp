#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tarmac/fd.hpp>

namespace tarmac {

/// Writable memory for copies of pictures, zeroed. As a dma-buf it can be imported by renderers.
class LinearMemory {
public:
    /// A dma-buf (a udmabuf: <linux/udmabuf.h>) if that is wanted and the machine makes one, see
    /// dmabuf_fd(); else memory of this process alone. The kernel makes none beyond a size of 64 MB
    /// unless it is told to (the parameter size_limit_mb of its module udmabuf).
    /// Error: OutOfResources.
    static Result<LinearMemory> create(std::size_t size, bool as_dmabuf);

    /// What create() makes, but not before allocate(): of memory for a large picture that takes
    /// longer than an event loop can wait.
    LinearMemory(std::size_t size, bool as_dmabuf) noexcept
        : memory_{nullptr, Unmap{0}}, size_{size}, as_dmabuf_{as_dmabuf} {}
    /// Does nothing the second time. Any thread, one at a time. Error: OutOfResources.
    Result<void> allocate();

    /// nullptr before it is allocated.
    std::uint8_t* data() const noexcept { return memory_.get(); }
    /// As asked for; the dma-buf is as large or larger, in whole pages.
    std::size_t size() const noexcept { return size_; }
    /// Borrowed. -1: not a dma-buf. Who writes to one brackets that with DMA_BUF_IOCTL_SYNC.
    int dmabuf_fd() const noexcept { return dmabuf_.get(); }

private:
    struct Unmap {
        std::size_t size = 0;
        void operator()(std::uint8_t* memory) const noexcept;
    };

    std::unique_ptr<std::uint8_t, Unmap> memory_;
    std::size_t size_;
    bool as_dmabuf_;
    Fd dmabuf_;
};

} // namespace tarmac
