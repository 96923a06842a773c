#include "wlroots/mapped_buffer.hpp"

#include <libyuv/planar_functions.h>
#include <memory>
#include <new>

#include "import/yuv.hpp"
#include "wlroots/dmabuf_buffer.hpp"

namespace tarmac {

namespace {

/// Bytes from row to row of a copy: enough of a multiple for every reader's demands.
std::size_t copy_stride(const Dmabuf& dmabuf, MappedFormat format) {
    constexpr std::size_t Alignment = 48;
    const std::size_t row = find_pixel_format(format.fourcc)->min_stride(0, dmabuf.width());
    return (row + Alignment - 1) / Alignment * Alignment;
}

struct MappedBuffer : DmabufBuffer {
    MappedBuffer(std::shared_ptr<const Dmabuf> image, Mapping memory, MappedFormat as,
                 std::unique_ptr<std::uint8_t[]> empty_copy);

    Mapping mapping;
    MappedFormat format;
    std::unique_ptr<std::uint8_t[]> copy;
    bool is_stale = true; ///< the copy

    bool refresh_copy();
};

MappedBuffer& from_wlr(wlr_buffer* buffer) {
    return *static_cast<MappedBuffer*>(buffer);
}

void handle_destroy(wlr_buffer* buffer) {
    wlr_buffer_finish(buffer);
    delete &from_wlr(buffer);
}

bool handle_begin(wlr_buffer* wlr, std::uint32_t flags, void** data, std::uint32_t* fourcc,
                  std::size_t* stride) {
    MappedBuffer& buffer = from_wlr(wlr);
    if (flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE)
        return false;
    *fourcc = buffer.format.fourcc;
    if (buffer.format.is_copied) {
        *data = buffer.copy.get();
        *stride = copy_stride(*buffer.dmabuf, buffer.format);
        return !buffer.is_stale || buffer.refresh_copy();
    }
    *data = const_cast<std::uint8_t*>(buffer.mapping.plane(0));
    *stride = buffer.dmabuf->planes()[0].stride;
    return buffer.mapping.begin_read();
}

void handle_end(wlr_buffer* wlr) {
    const MappedBuffer& buffer = from_wlr(wlr);
    if (!buffer.format.is_copied)
        buffer.mapping.end_read();
}

constexpr wlr_buffer_impl buffer_impl = {
    .destroy = handle_destroy,
    .get_dmabuf = nullptr,
    .get_shm = nullptr,
    .begin_data_ptr_access = handle_begin,
    .end_data_ptr_access = handle_end,
};

MappedBuffer::MappedBuffer(std::shared_ptr<const Dmabuf> image, Mapping memory, MappedFormat as,
                           std::unique_ptr<std::uint8_t[]> empty_copy)
    : mapping{std::move(memory)}, format{as}, copy{std::move(empty_copy)} {
    wlr_buffer_init(this, &buffer_impl, static_cast<int>(image->width()),
                    static_cast<int>(image->height()));
    dmabuf = std::move(image);
}

bool MappedBuffer::refresh_copy() {
    if (!mapping.begin_read())
        return false;
    const auto stride = static_cast<int>(copy_stride(*dmabuf, format));
    if (is_convertible(dmabuf->fourcc())) {
        YuvPicture picture{.format = dmabuf->format(),
                           .extent = {dmabuf->width(), dmabuf->height()},
                           .planes = {},
                           .color = dmabuf->color(),
                           .is_premultiplied = dmabuf->is_premultiplied()};
        for (unsigned i = 0; i < dmabuf->planes().size(); ++i)
            picture.planes[i] = {mapping.plane(i), static_cast<int>(dmabuf->planes()[i].stride)};
        convert_to_argb(picture, {0, 0, width, height}, copy.get(), stride);
    } else {
        libyuv::CopyPlane(
            mapping.plane(0), static_cast<int>(dmabuf->planes()[0].stride), copy.get(), stride,
            static_cast<int>(dmabuf->format().min_stride(0, dmabuf->width())), height);
    }
    mapping.end_read();
    is_stale = false;
    return true;
}

} // namespace

BufferPtr create_mapped_buffer(std::shared_ptr<const Dmabuf> dmabuf, Mapping mapping,
                               MappedFormat format) {
    std::unique_ptr<std::uint8_t[]> copy;
    if (format.is_copied) {
        // Not touched before there is something to copy: the client may have no right to so much.
        copy.reset(new (std::nothrow) std::uint8_t[copy_size(*dmabuf, format)]);
        if (!copy)
            return {};
    }
    return BufferPtr{
        new MappedBuffer{std::move(dmabuf), std::move(mapping), format, std::move(copy)}};
}

std::uint64_t copy_size(const Dmabuf& dmabuf, MappedFormat format) noexcept {
    return format.is_copied ? copy_stride(dmabuf, format) * dmabuf.height() : 0;
}

bool is_mapped_buffer(const wlr_buffer& buffer) noexcept {
    return buffer.impl == &buffer_impl;
}

void tell_new_content(wlr_buffer& buffer) noexcept {
    if (is_mapped_buffer(buffer))
        from_wlr(&buffer).is_stale = true;
}

} // namespace tarmac
