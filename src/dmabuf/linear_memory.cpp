#include "dmabuf/linear_memory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "dmabuf/unmap.hpp"

namespace tarmac {

namespace {

/// A dma-buf of the memory of `memfd`, or an empty Fd. The kernel wants the size sealed.
Fd make_dmabuf(int memfd, std::size_t size) {
    const Fd device{open("/dev/udmabuf", O_RDWR | O_CLOEXEC)};
    if (!device || ftruncate(memfd, static_cast<off_t>(size)) != 0 ||
        fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK) != 0)
        return {};
    const udmabuf_create request = {.memfd = static_cast<std::uint32_t>(memfd),
                                    .flags = UDMABUF_FLAGS_CLOEXEC,
                                    .offset = 0,
                                    .size = size};
    return Fd{ioctl(device.get(), UDMABUF_CREATE, &request)};
}

std::uint8_t* map(std::size_t size, int flags, int fd) {
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(memory);
}

} // namespace

void LinearMemory::Unmap::operator()(std::uint8_t* memory) const noexcept {
    unmap(memory, size);
}

Result<LinearMemory> LinearMemory::create(std::size_t size, bool as_dmabuf) {
    LinearMemory memory{size, as_dmabuf};
    return memory.allocate().transform([&] { return std::move(memory); });
}

Result<void> LinearMemory::allocate() {
    if (memory_)
        return {};
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t pages = (size_ + page - 1) / page * page;
    if (as_dmabuf_) {
        const Fd memfd{memfd_create("tarmac-copy", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
        if (Fd dmabuf = memfd ? make_dmabuf(memfd.get(), pages) : Fd{}) {
            memory_ = {map(pages, MAP_SHARED, memfd.get()), Unmap{pages}};
            if (memory_) {
                dmabuf_ = std::move(dmabuf);
                return {};
            }
        }
    }
    memory_ = {map(pages, MAP_PRIVATE | MAP_ANONYMOUS, -1), Unmap{pages}};
    if (memory_)
        return {};
    return fail(Fault::OutOfResources,
                formatted("no memory for a copy of {} bytes: {}", size_, std::strerror(errno)));
}

} // namespace tarmac
