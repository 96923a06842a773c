#include "import/in_place_buffer.hpp"

namespace tarmac {

namespace {

InPlaceBuffer& ours(wlr_buffer* buffer) {
    return *static_cast<InPlaceBuffer*>(buffer);
}

bool handle_begin(wlr_buffer* buffer, std::uint32_t flags, void** data, std::uint32_t* fourcc,
                  std::size_t* stride) {
    const InPlaceBuffer& self = ours(buffer);
    if (!self.is_open || (flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE))
        return false;
    const Dmabuf& image = self.mapping->dmabuf();
    *data = const_cast<std::uint8_t*>(self.mapping->plane(0));
    *fourcc = image.fourcc();
    *stride = image.planes()[0].stride;
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
    .end_data_ptr_access = [](wlr_buffer*) {},
};

} // namespace

std::unique_ptr<InPlaceBuffer, BufferDrop> InPlaceBuffer::create(std::shared_ptr<Mapping> mapping) {
    std::unique_ptr<InPlaceBuffer, BufferDrop> buffer{new InPlaceBuffer{}};
    const Dmabuf& image = mapping->dmabuf();
    wlr_buffer_init(buffer.get(), &::tarmac::impl, static_cast<int>(image.width()),
                    static_cast<int>(image.height()));
    buffer->mapping = std::move(mapping);
    return buffer;
}

InPlaceBuffer* InPlaceBuffer::from(wlr_buffer* buffer) noexcept {
    return buffer && buffer->impl == &::tarmac::impl ? &ours(buffer) : nullptr;
}

} // namespace tarmac
