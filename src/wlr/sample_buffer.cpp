#include "wlr/sample_buffer.hpp"

namespace tarmac {

const wlr_buffer_impl SampleBuffer::impl_ = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete static_cast<SampleBuffer*>(buffer);
        },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            static_cast<SampleBuffer*>(buffer)->tell_dmabuf(*attributes);
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access = nullptr,
    .end_data_ptr_access = nullptr,
};

std::unique_ptr<SampleBuffer, BufferDrop> SampleBuffer::create(std::uint32_t fourcc, Extent extent,
                                                               unsigned n_planes) {
    auto memory = LinearMemory::create(std::size_t{Stride} * extent.height * n_planes, true);
    if (!memory || memory->dmabuf_fd() < 0)
        return nullptr;
    return std::unique_ptr<SampleBuffer, BufferDrop>{
        new SampleBuffer{fourcc, extent, n_planes, std::move(*memory)}};
}

SampleBuffer::SampleBuffer(std::uint32_t fourcc, Extent extent, unsigned n_planes,
                           LinearMemory memory)
    : wlr_buffer{}, fourcc_{fourcc}, n_planes_{n_planes}, memory_{std::move(memory)} {
    wlr_buffer_init(this, &impl_, static_cast<int>(extent.width), static_cast<int>(extent.height));
}

void SampleBuffer::tell_dmabuf(wlr_dmabuf_attributes& attributes) const noexcept {
    attributes = {};
    attributes.width = width;
    attributes.height = height;
    attributes.format = fourcc_;
    attributes.modifier = DRM_FORMAT_MOD_LINEAR;
    attributes.n_planes = static_cast<int>(n_planes_);
    for (unsigned i = 0; i < n_planes_; ++i) {
        attributes.fd[i] = memory_.dmabuf_fd();
        attributes.offset[i] = static_cast<std::uint32_t>(i * plane_size());
        attributes.stride[i] = Stride;
    }
}

} // namespace tarmac
