#include "inspect/picture.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "dmabuf/formatted.hpp"
#include "dmabuf/linear_memory.hpp"
#include "inspect/gbm_picture.hpp"
#include "inspect/node.hpp"

namespace tarmac::inspect {

namespace {

std::unexpected<Error> fail_making(const Maker& maker, std::size_t size) {
    return fail(Fault::OutOfResources, formatted("{} makes no dma-buf of {} bytes: {}", maker.name,
                                                 size, std::string{std::strerror(errno)}));
}

Result<Fd> from_heap(const Maker& maker, int heap, std::size_t size) {
    dma_heap_allocation_data request = {
        .len = size, .fd = 0, .fd_flags = O_RDWR | O_CLOEXEC, .heap_flags = 0};
    if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &request) != 0)
        return fail_making(maker, size);
    return Fd{static_cast<int>(request.fd)};
}

Result<Fd> from_card(const Maker& maker, int card, std::size_t size) {
    constexpr std::uint32_t RowBytes = 4096;
    std::uint32_t handle = 0, pitch = 0;
    std::uint64_t allocated = 0;
    int dmabuf = -1;
    const auto rows = static_cast<std::uint32_t>((size + RowBytes - 1) / RowBytes);
    if (drmModeCreateDumbBuffer(card, RowBytes / 4, rows, 32, 0, &handle, &pitch, &allocated) ==
        0) {
        drmPrimeHandleToFD(card, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
        drmModeDestroyDumbBuffer(card, handle);
    }
    if (dmabuf < 0)
        return fail_making(maker, size);
    return Fd{dmabuf};
}

Result<void> write_to(const Maker& maker, int dmabuf, std::span<const std::uint8_t> content) {
    void* memory = mmap(nullptr, content.size(), PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
    if (memory == MAP_FAILED)
        return fail(Fault::ImportFailed, formatted("what {} makes can't be mapped: {}", maker.name,
                                                   std::string{std::strerror(errno)}));
    dma_buf_sync sync{.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE};
    ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
    std::ranges::copy(content, static_cast<std::uint8_t*>(memory));
    sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE;
    ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
    munmap(memory, content.size());
    return {};
}

Result<Fd> from_udmabuf(const Maker& maker, std::size_t size) {
    const auto memory = LinearMemory::create(size, true);
    if (!memory)
        return std::unexpected(memory.error());
    if (memory->dmabuf_fd() < 0)
        return fail_making(maker, size);
    return Fd::duplicate(memory->dmabuf_fd());
}

Result<Fd> allocate(const Maker& maker, std::size_t size) {
    if (maker.kind == Maker::Kind::Udmabuf)
        return from_udmabuf(maker, size);
    const auto node = open_node(maker.node.path);
    if (!node)
        return fail(Fault::NotAvailable, maker.node.path + ": " + node.error());
    return maker.kind == Maker::Kind::Heap ? from_heap(maker, node->get(), size)
                                           : from_card(maker, node->get(), size);
}

Result<Fd> make_dmabuf(const Maker& maker, std::span<const std::uint8_t> content) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    auto dmabuf = allocate(maker, (content.size() + page - 1) / page * page);
    if (!dmabuf)
        return dmabuf;
    return write_to(maker, dmabuf->get(), content).transform([&] { return std::move(*dmabuf); });
}

} // namespace

Result<TextureBuilder> make_picture(const Maker& maker, const Sample& sample,
                                    FormatModifier format) {
    if (maker.kind == Maker::Kind::Gbm)
        return make_gbm_picture(maker, sample, format);
    auto dmabuf = make_dmabuf(maker, sample.bytes);
    if (!dmabuf)
        return std::unexpected(dmabuf.error());
    TextureBuilder builder;
    builder.set_size(sample.extent.width, sample.extent.height)
        .set_format(format.fourcc, format.modifier)
        .set_n_planes(sample.n_planes);
    for (unsigned i = 0; i < sample.n_planes; ++i) {
        auto fd = dmabuf->duplicate();
        if (!fd)
            return std::unexpected(fd.error());
        builder.set_plane(i, std::move(*fd), sample.planes[i].offset, sample.planes[i].stride);
    }
    return builder;
}

} // namespace tarmac::inspect
