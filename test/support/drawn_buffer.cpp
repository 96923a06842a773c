#include "support/drawn_buffer.hpp"

#include <drm_fourcc.h>
#include <memory>
#include <sys/mman.h>

#include "support/dmabuf_source.hpp"

namespace test {

namespace {

DrawnBuffer& of(wlr_buffer* buffer) {
    return *static_cast<DrawnBuffer*>(buffer);
}

constexpr wlr_buffer_impl functions = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            munmap(of(buffer).memory, of(buffer).size);
            delete &of(buffer);
        },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            *attributes = {};
            attributes->width = buffer->width;
            attributes->height = buffer->height;
            attributes->format = DRM_FORMAT_XRGB8888;
            attributes->modifier = DRM_FORMAT_MOD_LINEAR;
            attributes->n_planes = 1;
            attributes->stride[0] = static_cast<std::uint32_t>(of(buffer).stride());
            attributes->fd[0] = of(buffer).dmabuf.get();
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access =
        [](wlr_buffer* buffer, std::uint32_t, void** data, std::uint32_t* fourcc,
           std::size_t* stride) {
            *data = of(buffer).memory;
            *fourcc = DRM_FORMAT_XRGB8888;
            *stride = of(buffer).stride();
            return true;
        },
    .end_data_ptr_access = [](wlr_buffer*) {},
};

/// Whole tiles: a rasterizer on the CPU writes those.
std::size_t padded(int length) {
    return (static_cast<std::size_t>(length) + 63) / 64 * 64;
}

} // namespace

std::size_t DrawnBuffer::stride() const {
    return padded(width) * 4;
}

DrawnBuffer* DrawnBuffer::create(int width, int height) {
    auto made = std::make_unique<DrawnBuffer>();
    made->size = padded(width) * 4 * padded(height);
    made->dmabuf = allocate_dmabuf(Exporter::Udmabuf, made->size);
    made->memory =
        mmap(nullptr, made->size, PROT_READ | PROT_WRITE, MAP_SHARED, made->dmabuf.get(), 0);
    if (made->memory == MAP_FAILED)
        return nullptr;
    wlr_buffer_init(made.get(), &functions, width, height);
    return made.release();
}

} // namespace test
