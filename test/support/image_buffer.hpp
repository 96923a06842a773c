#pragma once

#include <cstdint>
#include <tarmac/pixel_format.hpp>
#include <vector>

#include "support/dmabuf_source.hpp"
#include "support/picture.hpp"
#include "support/raw_client.hpp"

namespace test {

/// A client's buffer of a linear image whose planes follow each other in one dma-buf, and the
/// memory to draw in. Fails the test if the compositor refuses it.
class ImageBuffer {
public:
    /// `flags` of zwp_linux_buffer_params_v1.
    ImageBuffer(RawClient& client, std::uint32_t fourcc, int width, int height,
                std::uint32_t flags = 0);

    wl_buffer* get() const { return params_->buffer; }
    void destroy();
    const tarmac::Fd& dmabuf() const { return dmabuf_; }
    Box whole() const { return {0, 0, width_, height_}; }

    /// Draws `blocks[i]`, the bytes of a block of the format's plane i, all over `box`, which has
    /// whole ones.
    void fill(const Box& box, const std::vector<std::vector<std::uint8_t>>& blocks);

private:
    struct Plane {
        std::uint32_t offset, stride;
    };

    const tarmac::PixelFormat& format_;
    int width_, height_;
    std::vector<Plane> planes_;
    std::size_t size_;
    tarmac::Fd dmabuf_;
    DmabufMapping mapping_;
    RawClient::Params* params_;
};

} // namespace test
