#include "import/dmabuf_buffer.hpp"

namespace tarmac {

namespace {

DmabufBuffer& from_wlr(wlr_buffer* buffer) {
    return *static_cast<DmabufBuffer*>(buffer);
}

void handle_destroy(wlr_buffer* buffer) {
    wlr_buffer_finish(buffer);
    delete &from_wlr(buffer);
}

bool handle_get_dmabuf(wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
    if (from_wlr(buffer).is_read)
        return false;
    const Dmabuf& dmabuf = *from_wlr(buffer).dmabuf;
    *attributes = {};
    attributes->width = static_cast<std::int32_t>(dmabuf.width());
    attributes->height = static_cast<std::int32_t>(dmabuf.height());
    attributes->format = dmabuf.fourcc();
    attributes->modifier = dmabuf.modifier();
    for (const Plane& plane : dmabuf.planes()) {
        const int i = attributes->n_planes++;
        attributes->fd[i] = plane.fd.get();
        attributes->offset[i] = plane.offset;
        attributes->stride[i] = plane.stride;
    }
    return true;
}

bool handle_begin(wlr_buffer* wlr, std::uint32_t flags, void** data, std::uint32_t* fourcc,
                  std::size_t* stride) {
    const DmabufBuffer& buffer = from_wlr(wlr);
    if (!buffer.is_read || (flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE))
        return false;
    const auto view = buffer.pixels->begin_read();
    if (!view)
        return false;
    *data = view->data;
    *fourcc = view->fourcc;
    *stride = view->stride;
    return true;
}

void handle_end(wlr_buffer* buffer) {
    from_wlr(buffer).pixels->end_read();
}

constexpr wlr_buffer_impl buffer_impl = {
    .destroy = handle_destroy,
    .get_dmabuf = handle_get_dmabuf,
    .get_shm = nullptr,
    .begin_data_ptr_access = handle_begin,
    .end_data_ptr_access = handle_end,
};

} // namespace

std::unique_ptr<DmabufBuffer, BufferDrop>
create_dmabuf_buffer(std::shared_ptr<const Dmabuf> dmabuf) {
    std::unique_ptr<DmabufBuffer, BufferDrop> buffer{new DmabufBuffer{}};
    wlr_buffer_init(buffer.get(), &buffer_impl, static_cast<int>(dmabuf->width()),
                    static_cast<int>(dmabuf->height()));
    buffer->dmabuf = std::move(dmabuf);
    return buffer;
}

BufferLock create_reading(const DmabufBuffer& buffer, BufferLock lock) {
    const auto reading = create_dmabuf_buffer(buffer.dmabuf);
    reading->let_read(buffer.pixels);
    reading->original = std::move(lock);
    return BufferLock{wlr_buffer_lock(reading.get())};
}

DmabufBuffer* dmabuf_buffer_from(wlr_buffer* buffer) noexcept {
    return buffer && buffer->impl == &buffer_impl ? &from_wlr(buffer) : nullptr;
}

const Dmabuf* dmabuf_from_buffer(const wlr_buffer* buffer) noexcept {
    const DmabufBuffer* ours = dmabuf_buffer_from(const_cast<wlr_buffer*>(buffer));
    return ours ? ours->dmabuf.get() : nullptr;
}

} // namespace tarmac
