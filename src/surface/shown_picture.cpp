#include <cerrno>
#include <cstring>
#include <linux/dma-buf.h>
#include <span>
#include <sys/ioctl.h>
#include <tarmac/shown_picture.hpp>

#include "dmabuf/formatted.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

Result<void> ShownPicture::add_reader(const Fd& sync_file) const {
    wlr_dmabuf_attributes attributes;
    // What renderers read through the processor they have read when they return.
    if (!wlr_buffer_get_dmabuf(buffer, &attributes))
        return {};
    for (const int plane :
         std::span{attributes.fd}.first(static_cast<unsigned>(attributes.n_planes))) {
        dma_buf_import_sync_file request{.flags = DMA_BUF_SYNC_READ, .fd = sync_file.get()};
        if (ioctl(plane, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &request) != 0)
            return fail(errno == ENOTTY ? Fault::Unsupported : Fault::OutOfResources,
                        formatted("a fence can't be put on a dma-buf: {}", std::strerror(errno)));
    }
    return {};
}

} // namespace tarmac
