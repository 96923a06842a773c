#include "support/dmabuf_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <memory>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

namespace test {

using tarmac::Fd;

namespace {

constexpr std::size_t PageSize = 4096;

std::size_t whole_pages(std::size_t size) {
    return (size + PageSize - 1) / PageSize * PageSize;
}

[[noreturn]] void give_up(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

Fd open_node(const char* path) {
    Fd fd{open(path, O_RDWR | O_CLOEXEC)};
    if (!fd)
        give_up(path);
    return fd;
}

Fd from_udmabuf(std::size_t size) {
    const Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!memory || ftruncate(memory.get(), static_cast<off_t>(size)) != 0 ||
        fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
        give_up("memfd for udmabuf");
    const Fd device = open_node("/dev/udmabuf");
    udmabuf_create request = {
        .memfd = static_cast<std::uint32_t>(memory.get()),
        .flags = UDMABUF_FLAGS_CLOEXEC,
        .offset = 0,
        .size = size,
    };
    return Fd{ioctl(device.get(), UDMABUF_CREATE, &request)};
}

Fd from_system_heap(std::size_t size) {
    const Fd heap = open_node("/dev/dma_heap/system");
    dma_heap_allocation_data request = {
        .len = size,
        .fd = 0,
        .fd_flags = O_RDWR | O_CLOEXEC,
        .heap_flags = 0,
    };
    if (ioctl(heap.get(), DMA_HEAP_IOCTL_ALLOC, &request) != 0)
        return {};
    return Fd{static_cast<int>(request.fd)};
}

/// With `content` in it, and with `flags` of a descriptor.
Fd from_drm(const Fd& card, std::size_t size, std::span<const std::uint8_t> content = {},
            std::uint32_t flags = DRM_CLOEXEC | DRM_RDWR) {
    std::uint32_t handle = 0, pitch = 0;
    std::uint64_t allocated = 0;
    if (!card || drmModeCreateDumbBuffer(card.get(), PageSize / 4,
                                         static_cast<std::uint32_t>(size / PageSize), 32, 0,
                                         &handle, &pitch, &allocated) != 0)
        return {};
    std::uint64_t offset = 0;
    if (!content.empty() && drmModeMapDumbBuffer(card.get(), handle, &offset) == 0) {
        void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, card.get(),
                            static_cast<off_t>(offset));
        if (memory == MAP_FAILED)
            give_up("mapping a dumb buffer");
        std::ranges::copy(content, static_cast<std::uint8_t*>(memory));
        munmap(memory, size);
    }
    int fd = -1;
    drmPrimeHandleToFD(card.get(), handle, flags, &fd);
    drmModeDestroyDumbBuffer(card.get(), handle);
    return Fd{fd};
}

} // namespace

Fd open_drm_driver(const std::string& name) {
    for (int i = 0; i < 16; ++i) {
        Fd fd{open(("/dev/dri/card" + std::to_string(i)).c_str(), O_RDWR | O_CLOEXEC)};
        if (!fd)
            continue;
        using Version =
            std::unique_ptr<drmVersion, decltype([](drmVersion* v) { drmFreeVersion(v); })>;
        const Version version{drmGetVersion(fd.get())};
        if (version && name == version->name)
            return fd;
    }
    return {};
}

std::string name_of(Exporter exporter) {
    switch (exporter) {
    case Exporter::Udmabuf:
        return "udmabuf";
    case Exporter::SystemHeap:
        return "system heap";
    case Exporter::Vgem:
        return "vgem";
    case Exporter::Vkms:
        return "vkms";
    }
    return {};
}

std::string missing(Exporter exporter) {
    const auto lacks = [](const char* node) {
        return access(node, R_OK | W_OK) == 0 ? std::string{}
                                              : std::string{node} + ": " + std::strerror(errno);
    };
    switch (exporter) {
    case Exporter::Udmabuf:
        return lacks("/dev/udmabuf");
    case Exporter::SystemHeap:
        return lacks("/dev/dma_heap/system");
    case Exporter::Vgem:
    case Exporter::Vkms:
        return open_drm_driver(name_of(exporter)) ? ""
                                                  : "no DRM device of driver " + name_of(exporter);
    }
    return {};
}

Fd allocate_dmabuf(Exporter exporter, std::size_t size) {
    const std::size_t pages = whole_pages(size);
    Fd fd;
    switch (exporter) {
    case Exporter::Udmabuf:
        fd = from_udmabuf(pages);
        break;
    case Exporter::SystemHeap:
        fd = from_system_heap(pages);
        break;
    case Exporter::Vgem:
    case Exporter::Vkms:
        fd = from_drm(open_drm_driver(name_of(exporter)), pages);
        break;
    }
    if (!fd)
        give_up(name_of(exporter).c_str());
    return fd;
}

Fd make_dmabuf(Exporter exporter, std::span<const std::uint8_t> content) {
    Fd fd = allocate_dmabuf(exporter, content.size());
    DmabufMapping{fd, content.size()}.write(0, content.data(), content.size());
    return fd;
}

Fd make_read_only_dmabuf(std::span<const std::uint8_t> content) {
    return make_read_only_dmabuf(open_drm_driver(name_of(Exporter::Vkms)), content);
}

Fd make_read_only_dmabuf(const Fd& card, std::span<const std::uint8_t> content) {
    Fd fd = from_drm(card, whole_pages(content.size()), content, DRM_CLOEXEC);
    if (!fd)
        give_up("a read-only dma-buf");
    return fd;
}

DmabufMapping::DmabufMapping(const Fd& fd, std::size_t size)
    : fd_{fd.get()}
    , size_{whole_pages(size)}
    , memory_{mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0)} {
    if (memory_ == MAP_FAILED)
        give_up("mapping a dma-buf");
}

DmabufMapping::~DmabufMapping() {
    munmap(memory_, size_);
}

void DmabufMapping::write(std::size_t offset, const void* data, std::size_t size) {
    sync(DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
    std::memcpy(static_cast<char*>(memory_) + offset, data, size);
    sync(DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
}

void DmabufMapping::sync(std::uint64_t flags) const {
    const dma_buf_sync request = {.flags = flags};
    if (ioctl(fd_, DMA_BUF_IOCTL_SYNC, &request) != 0)
        give_up("DMA_BUF_IOCTL_SYNC");
}

} // namespace test
