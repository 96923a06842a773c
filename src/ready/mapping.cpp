#include "ready/mapping.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <format>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "dmabuf/device.hpp"

namespace tarmac {

namespace {

// Nobody else is served meanwhile.
constexpr int PatienceMs = 100;

std::size_t end_of(const Dmabuf& image, unsigned plane) {
    const Plane& p = image.planes()[plane];
    return p.offset + p.stride * image.format().rows(plane, image.height());
}

bool sync(int fd, std::uint64_t flags) {
    dma_buf_sync request{.flags = flags | DMA_BUF_SYNC_READ};
    int result;
    do
        result = ioctl(fd, DMA_BUF_IOCTL_SYNC, &request);
    while (result != 0 && (errno == EINTR || errno == EAGAIN));
    return result == 0;
}

bool await_writers(int fd) {
    pollfd writers{fd, POLLIN, 0};
    int result;
    do
        result = poll(&writers, 1, PatienceMs);
    while (result < 0 && errno == EINTR);
    return result > 0 && (writers.revents & POLLIN);
}

} // namespace

void Mapping::Unmap::operator()(const std::uint8_t* memory) const noexcept {
    munmap(const_cast<std::uint8_t*>(memory), size);
}

Result<Mapping> Mapping::create(std::shared_ptr<const Dmabuf> dmabuf) {
    Mapping mapping{std::move(dmabuf)};
    const Dmabuf& image = mapping.dmabuf();
    const auto planes = image.planes();
    std::array<ino_t, MaxPlanes> ids;
    for (unsigned i = 0; i < planes.size(); ++i)
        ids[i] = inode_of(planes[i].fd.get());
    for (unsigned i = 0; i < planes.size(); ++i) {
        if (mapping.planes_[i])
            continue;
        const int fd = planes[i].fd.get();
        std::size_t size = 0;
        for (unsigned j = i; j < planes.size(); ++j) {
            if (ids[j] == ids[i])
                size = std::max(size, end_of(image, j));
        }
        void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
        if (memory == MAP_FAILED)
            return fail_plane(Fault::ImportFailed, i,
                              std::format("the dma-buf can't be mapped: {}", std::strerror(errno)));
        const auto* bytes = static_cast<const std::uint8_t*>(memory);
        mapping.parts_.push_back({fd, {bytes, Unmap{size}}});
        for (unsigned j = i; j < planes.size(); ++j) {
            if (ids[j] == ids[i])
                mapping.planes_[j] = bytes + planes[j].offset;
        }
    }
    return mapping;
}

std::uint64_t Mapping::size_in_bytes() const noexcept {
    std::uint64_t size = 0;
    for (const Part& part : parts_)
        size += part.memory.get_deleter().size;
    return size;
}

bool Mapping::begin_read() const noexcept {
    for (auto part = parts_.begin(); part != parts_.end(); ++part) {
        if (await_writers(part->fd) && sync(part->fd, DMA_BUF_SYNC_START))
            continue;
        while (part != parts_.begin())
            sync((--part)->fd, DMA_BUF_SYNC_END);
        return false;
    }
    return true;
}

void Mapping::end_read() const noexcept {
    for (const Part& part : parts_)
        sync(part.fd, DMA_BUF_SYNC_END);
}

} // namespace tarmac
