#include "import/copy_buffer.hpp"

namespace tarmac {

const wlr_buffer_impl CopyBuffer::impl_ = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete static_cast<CopyBuffer*>(buffer);
        },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            return static_cast<CopyBuffer*>(buffer)->tell_dmabuf(*attributes);
        },
    .get_shm = nullptr,
    .begin_data_ptr_access =
        [](wlr_buffer* buffer, std::uint32_t flags, void** data, std::uint32_t* fourcc,
           std::size_t* stride) {
            const auto& self = *static_cast<CopyBuffer*>(buffer);
            if ((flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE) || !self.memory_->data())
                return false;
            *data = self.are_hidden_ ? nullptr : self.memory_->data();
            *fourcc = self.fourcc();
            *stride = self.stride_;
            return true;
        },
    .end_data_ptr_access = [](wlr_buffer*) {},
};

std::uint64_t CopyBuffer::size_of(Extent extent, const Rendition& rendition) noexcept {
    return std::uint64_t{copy_stride(rendition.fourcc, extent.width)} * extent.height;
}

std::unique_ptr<CopyBuffer, BufferDrop> CopyBuffer::create(Extent extent,
                                                           const Rendition& rendition) {
    return std::unique_ptr<CopyBuffer, BufferDrop>{new CopyBuffer{extent, rendition}};
}

CopyBuffer::CopyBuffer(Extent extent, const Rendition& rendition)
    : wlr_buffer{}
    , rendition_{rendition}
    , stride_{copy_stride(rendition.fourcc, extent.width)}
    , memory_{std::make_shared<LinearMemory>(size_of(extent, rendition), rendition.is_imported)} {
    wlr_buffer_init(this, &impl_, static_cast<int>(extent.width), static_cast<int>(extent.height));
}

CopyBuffer* CopyBuffer::from(wlr_buffer* buffer) noexcept {
    return buffer && buffer->impl == &impl_ ? static_cast<CopyBuffer*>(buffer) : nullptr;
}

bool CopyBuffer::fits(Extent extent, const Rendition& rendition) const noexcept {
    return this->extent() == extent && fourcc() == rendition.fourcc &&
           rendition_.is_imported == rendition.is_imported;
}

bool CopyBuffer::tell_dmabuf(wlr_dmabuf_attributes& attributes) const noexcept {
    const int fd = memory_->dmabuf_fd();
    if (fd < 0)
        return false;
    attributes = {};
    attributes.width = width;
    attributes.height = height;
    attributes.format = fourcc();
    attributes.modifier = DRM_FORMAT_MOD_LINEAR;
    attributes.n_planes = 1;
    attributes.fd[0] = fd;
    attributes.stride[0] = static_cast<std::uint32_t>(stride_);
    return true;
}

} // namespace tarmac
