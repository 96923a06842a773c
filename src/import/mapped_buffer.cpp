#include "import/mapped_buffer.hpp"

namespace tarmac {

namespace {

MappedBuffer& ours(wlr_buffer* buffer) {
    return *static_cast<MappedBuffer*>(buffer);
}

bool handle_begin(wlr_buffer* buffer, std::uint32_t flags, void** data, std::uint32_t* fourcc,
                  std::size_t* stride) {
    if (flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE)
        return false;
    const auto view = ours(buffer).pixels->begin_read();
    if (!view)
        return false;
    *data = view->data;
    *fourcc = view->fourcc;
    *stride = view->stride;
    return true;
}

constexpr wlr_buffer_impl impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete &ours(buffer);
        },
    .get_dmabuf = nullptr,
    .get_shm = nullptr,
    .begin_data_ptr_access = handle_begin,
    .end_data_ptr_access = [](wlr_buffer* buffer) { ours(buffer).pixels->end_read(); },
};

} // namespace

std::unique_ptr<MappedBuffer, BufferDrop>
MappedBuffer::create(std::shared_ptr<const Dmabuf> image, std::unique_ptr<MappedPixels> pixels) {
    std::unique_ptr<MappedBuffer, BufferDrop> buffer{new MappedBuffer{}};
    wlr_buffer_init(buffer.get(), &::tarmac::impl, static_cast<int>(image->width()),
                    static_cast<int>(image->height()));
    buffer->image = std::move(image);
    buffer->pixels = std::move(pixels);
    return buffer;
}

MappedBuffer* MappedBuffer::from(wlr_buffer* buffer) noexcept {
    return buffer && buffer->impl == &::tarmac::impl ? &ours(buffer) : nullptr;
}

} // namespace tarmac
