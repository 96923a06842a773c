#include "import/imported_buffer.hpp"

namespace tarmac {

namespace {

ImportedBuffer& ours(wlr_buffer* buffer) {
    return *static_cast<ImportedBuffer*>(buffer);
}

constexpr wlr_buffer_impl impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete &ours(buffer);
        },
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            *attributes = attributes_of(*ours(buffer).image);
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access = nullptr,
    .end_data_ptr_access = nullptr,
};

} // namespace

std::unique_ptr<ImportedBuffer, BufferDrop>
ImportedBuffer::create(std::shared_ptr<const Dmabuf> image) {
    std::unique_ptr<ImportedBuffer, BufferDrop> buffer{new ImportedBuffer{}};
    wlr_buffer_init(buffer.get(), &::tarmac::impl, static_cast<int>(image->width()),
                    static_cast<int>(image->height()));
    buffer->image = std::move(image);
    return buffer;
}

ImportedBuffer* ImportedBuffer::from(wlr_buffer* buffer) noexcept {
    return buffer && buffer->impl == &::tarmac::impl ? &ours(buffer) : nullptr;
}

wlr_dmabuf_attributes attributes_of(const Dmabuf& image) noexcept {
    wlr_dmabuf_attributes attributes{};
    attributes.width = static_cast<std::int32_t>(image.width());
    attributes.height = static_cast<std::int32_t>(image.height());
    attributes.format = image.fourcc();
    attributes.modifier = image.modifier();
    for (const Plane& plane : image.planes()) {
        const int i = attributes.n_planes++;
        attributes.fd[i] = plane.fd.get();
        attributes.offset[i] = plane.offset;
        attributes.stride[i] = plane.stride;
    }
    return attributes;
}

} // namespace tarmac
