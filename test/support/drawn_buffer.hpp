#pragma once

#include <cstddef>
#include <tarmac/fd.hpp>

#include "wlr/wlr.hpp"

namespace test {

/// XRGB8888 in a dma-buf, which any renderer draws to and which can be read.
struct DrawnBuffer : wlr_buffer {
    tarmac::Fd dmabuf;
    std::size_t size = 0;
    void* memory = nullptr;

    /// Goes when it is dropped (wlr_buffer_drop()) and nobody has it locked; nullptr if there is no
    /// memory.
    static DrawnBuffer* create(int width, int height);
    std::size_t stride() const; ///< bytes
};

} // namespace test
