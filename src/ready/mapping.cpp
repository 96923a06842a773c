#include "ready/mapping.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/dma-buf.h>
#include <sys/mman.h>

#include "dmabuf/formatted.hpp"
#include "dmabuf/unmap.hpp"

namespace tarmac {

namespace {

using Outcome = WorkerPool::Outcome;

/// Of plane `i`'s dma-buf up to the last of its planes' ends; 0 if an earlier plane lies in it.
std::size_t size_of_dmabuf(const Dmabuf& image, unsigned i) noexcept {
    std::size_t size = 0;
    for (unsigned j = 0; j < image.planes().size(); ++j) {
        if (image.inode(j) != image.inode(i))
            continue;
        if (j < i)
            return 0;
        const Plane& plane = image.planes()[j];
        size = std::max<std::size_t>(
            size,
            plane.offset + image.format().size(j, image.width(), image.height(), plane.stride));
    }
    return size;
}

} // namespace

void Mapping::Unmap::operator()(const std::uint8_t* memory) const noexcept {
    unmap(memory, size);
}

Result<Mapping> Mapping::create(std::shared_ptr<const Dmabuf> dmabuf) {
    Mapping mapping{std::move(dmabuf)};
    const Dmabuf& image = mapping.dmabuf();
    const auto n_planes = static_cast<unsigned>(image.planes().size());
    for (unsigned i = 0; i < n_planes; ++i) {
        const std::size_t size = size_of_dmabuf(image, i);
        if (size == 0)
            continue;
        const int fd = image.planes()[i].fd.get();
        void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
        if (memory == MAP_FAILED)
            return fail_plane(Fault::ImportFailed, i,
                              formatted("the dma-buf can't be mapped: {}", std::strerror(errno)));
        const auto* bytes = static_cast<const std::uint8_t*>(memory);
        mapping.parts_.push_back({fd, {bytes, Unmap{size}}, GuardedRange{bytes, size}});
        for (unsigned j = i; j < n_planes; ++j) {
            if (image.inode(j) == image.inode(i))
                mapping.planes_[j] = bytes + image.planes()[j].offset;
        }
    }
    return mapping;
}

std::uint64_t Mapping::size_of(const Dmabuf& dmabuf) noexcept {
    std::uint64_t size = 0;
    for (unsigned i = 0; i < dmabuf.planes().size(); ++i)
        size += size_of_dmabuf(dmabuf, i);
    return size;
}

std::uint64_t Mapping::size_in_bytes() const noexcept {
    std::uint64_t size = 0;
    for (const Part& part : parts_)
        size += part.memory.get_deleter().size;
    return size;
}

Outcome Mapping::begin(WorkerPool::Control& control, std::uint64_t access) const {
    for (auto part = parts_.begin(); part != parts_.end(); ++part) {
        const Outcome outcome = control.sync(part->fd, DMA_BUF_SYNC_START | access);
        if (outcome == Outcome::Done)
            continue;
        while (part != parts_.begin())
            control.sync((--part)->fd, DMA_BUF_SYNC_END | access);
        return outcome;
    }
    return Outcome::Done;
}

void Mapping::end(WorkerPool::Control& control, std::uint64_t access) const {
    for (const Part& part : parts_)
        control.sync(part.fd, DMA_BUF_SYNC_END | access);
}

Outcome Mapping::begin_read(WorkerPool::Control& control) const {
    return begin(control, DMA_BUF_SYNC_READ);
}

void Mapping::end_read(WorkerPool::Control& control) const {
    end(control, DMA_BUF_SYNC_READ);
}

Outcome Mapping::begin_write(WorkerPool::Control& control) {
    if (!is_writable_)
        // The kernel allows it where the descriptor may be written with.
        is_writable_ = std::ranges::all_of(parts_, [](const Part& part) {
            return mprotect(const_cast<std::uint8_t*>(part.memory.get()),
                            part.memory.get_deleter().size, PROT_READ | PROT_WRITE) == 0;
        });
    if (!*is_writable_ || has_faulted())
        return Outcome::Failed;
    return begin(control, DMA_BUF_SYNC_RW);
}

void Mapping::end_write(WorkerPool::Control& control) const {
    end(control, DMA_BUF_SYNC_RW);
}

bool Mapping::has_faulted() const noexcept {
    return std::ranges::any_of(parts_, [](const Part& part) { return part.guard.has_faulted(); });
}

} // namespace tarmac
