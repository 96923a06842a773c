#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tarmac/fd.hpp>

namespace test {

/// Who a dma-buf comes from. Every one is a kernel driver of its own.
enum class Exporter { Udmabuf, SystemHeap, Vgem, Vkms };
inline constexpr Exporter AllExporters[] = {Exporter::Udmabuf, Exporter::SystemHeap, Exporter::Vgem,
                                            Exporter::Vkms};

std::string name_of(Exporter exporter);

/// Why `exporter` can't be used on this machine, or nothing if it can.
std::string missing(Exporter exporter);

/// The primary node of the DRM driver called `name`, or an empty Fd.
tarmac::Fd open_drm_driver(const std::string& name);

/// A dma-buf of at least `size` bytes (the kernel rounds up to pages), zeroed. Throws
/// std::system_error if it can't be had: ask missing() first.
tarmac::Fd allocate_dmabuf(Exporter exporter, std::size_t size);

/// A dma-buf with `content` at its start. Throws as allocate_dmabuf() does.
tarmac::Fd make_dmabuf(Exporter exporter, std::span<const std::uint8_t> content);

/// The same from vkms, or another DRM device, through a descriptor that nobody can write with.
tarmac::Fd make_read_only_dmabuf(std::span<const std::uint8_t> content);
tarmac::Fd make_read_only_dmabuf(const tarmac::Fd& card, std::span<const std::uint8_t> content);

/// A dma-buf mapped for writing, each write bracketed as DMA_BUF_IOCTL_SYNC demands. Throws
/// std::system_error.
class DmabufMapping {
public:
    /// Borrows `fd`.
    DmabufMapping(const tarmac::Fd& fd, std::size_t size);
    ~DmabufMapping();
    DmabufMapping(const DmabufMapping&) = delete;
    DmabufMapping& operator=(const DmabufMapping&) = delete;

    void write(std::size_t offset, const void* data, std::size_t size);

private:
    void sync(std::uint64_t flags) const;

    int fd_;
    std::size_t size_;
    void* memory_;
};

} // namespace test
