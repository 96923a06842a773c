#include "wlroots/dmabuf_buffer.hpp"

#include "wlroots/mapped_buffer.hpp"

namespace tarmac {

namespace {

const DmabufBuffer& from_wlr(const wlr_buffer* buffer) {
    return *static_cast<const DmabufBuffer*>(buffer);
}

void handle_destroy(wlr_buffer* buffer) {
    wlr_buffer_finish(buffer);
    delete static_cast<DmabufBuffer*>(buffer);
}

bool handle_get_dmabuf(wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
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

constexpr wlr_buffer_impl buffer_impl = {
    .destroy = handle_destroy,
    .get_dmabuf = handle_get_dmabuf,
    .get_shm = nullptr,
    .begin_data_ptr_access = nullptr,
    .end_data_ptr_access = nullptr,
};

} // namespace

BufferPtr create_dmabuf_buffer(std::shared_ptr<const Dmabuf> dmabuf) {
    auto buffer = std::make_unique<DmabufBuffer>();
    wlr_buffer_init(buffer.get(), &buffer_impl, static_cast<int>(dmabuf->width()),
                    static_cast<int>(dmabuf->height()));
    buffer->dmabuf = std::move(dmabuf);
    return BufferPtr{buffer.release()};
}

const Dmabuf* dmabuf_from_buffer(const wlr_buffer* buffer) noexcept {
    const bool is_ours = buffer->impl == &buffer_impl || is_mapped_buffer(*buffer);
    return is_ours ? from_wlr(buffer).dmabuf.get() : nullptr;
}

void BufferDrop::operator()(wlr_buffer* buffer) const noexcept {
    wlr_buffer_drop(buffer);
}

} // namespace tarmac
