#include "wlr/imports_udmabufs.hpp"

#include <tarmac/buffer.hpp>

#include "dmabuf/linear_memory.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

constexpr int Side = 64;
constexpr std::uint32_t Stride = Side * 4;

/// Some black pixels.
struct Sample : wlr_buffer {
    LinearMemory memory;
};

constexpr wlr_buffer_impl sample_impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete static_cast<Sample*>(buffer);
        },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            *attributes = {};
            attributes->width = buffer->width;
            attributes->height = buffer->height;
            attributes->format = DRM_FORMAT_XRGB8888;
            attributes->modifier = DRM_FORMAT_MOD_LINEAR;
            attributes->n_planes = 1;
            attributes->fd[0] = static_cast<Sample*>(buffer)->memory.dmabuf_fd();
            attributes->stride[0] = Stride;
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access = nullptr,
    .end_data_ptr_access = nullptr,
};

} // namespace

bool imports_udmabufs(wlr_renderer* renderer) {
    auto memory = LinearMemory::create(std::size_t{Stride} * Side, true);
    if (!memory || memory->dmabuf_fd() < 0)
        return false;
    const std::unique_ptr<Sample, BufferDrop> sample{new Sample{{}, std::move(*memory)}};
    wlr_buffer_init(sample.get(), &sample_impl, Side, Side);
    wlr_texture* texture = wlr_texture_from_buffer(renderer, sample.get());
    if (texture)
        wlr_texture_destroy(texture);
    return texture != nullptr;
}

} // namespace tarmac
