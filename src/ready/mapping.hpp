#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <tarmac/dmabuf.hpp>
#include <vector>

#include "ready/bus_fault_guard.hpp"
#include "ready/worker_pool.hpp"

namespace tarmac {

/// The memory of a linear dma-buf image, mapped for reading at first. Any thread, one at a time,
/// but for writing, which may go on while others read. Using it can't end the process: what an
/// exporter takes away reads as zeros, see has_faulted().
class Mapping {
public:
    /// Some exporters (GEM on shmem) get all of the memory here, which takes long. Errors:
    /// ImportFailed if the exporter doesn't let its memory be mapped.
    static Result<Mapping> create(std::shared_ptr<const Dmabuf> dmabuf);
    /// How much create() maps, in bytes.
    static std::uint64_t size_of(const Dmabuf& dmabuf) noexcept;

    const Dmabuf& dmabuf() const noexcept { return *dmabuf_; }
    std::uint64_t size_in_bytes() const noexcept;

    /// The first row of `plane`. To be read between begin_read() and end_read() only.
    const std::uint8_t* plane(unsigned plane) const noexcept { return planes_[plane]; }

    /// Makes what was written visible. Done, Busy if somebody writes to the memory, Failed if the
    /// exporter refuses. After Done, end_read() has to follow, on any thread.
    WorkerPool::Outcome begin_read(WorkerPool::Control& control) const;
    void end_read(WorkerPool::Control& control) const;

    /// For writing to writable_plane(). Done, Busy as above, or Failed if the exporter refuses, a
    /// descriptor was given to be read only, or the memory was taken away. After Done, end_write()
    /// has to follow.
    WorkerPool::Outcome begin_write(WorkerPool::Control& control);
    void end_write(WorkerPool::Control& control) const;
    /// Writable once begin_write() has been Done.
    std::uint8_t* writable_plane(unsigned plane) const noexcept {
        return const_cast<std::uint8_t*>(planes_[plane]);
    }

    /// Whether the memory was taken away while it was used, ever: it shows no picture any more.
    bool has_faulted() const noexcept;

private:
    struct Unmap {
        std::size_t size = 0;
        void operator()(const std::uint8_t* memory) const noexcept;
    };
    /// One dma-buf, of as many planes as lie in it.
    struct Part {
        int fd; ///< of the first of its planes
        std::unique_ptr<const std::uint8_t, Unmap> memory;
        GuardedRange guard;
    };

    explicit Mapping(std::shared_ptr<const Dmabuf> dmabuf) : dmabuf_{std::move(dmabuf)} {}

    /// `access`: DMA_BUF_SYNC_READ or _RW.
    WorkerPool::Outcome begin(WorkerPool::Control& control, std::uint64_t access) const;
    void end(WorkerPool::Control& control, std::uint64_t access) const;

    std::shared_ptr<const Dmabuf> dmabuf_;
    std::vector<Part> parts_;
    std::array<const std::uint8_t*, MaxPlanes> planes_{};
    std::optional<bool> is_writable_; ///< once it was asked for
};

} // namespace tarmac
