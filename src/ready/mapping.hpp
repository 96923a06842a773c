#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <tarmac/dmabuf.hpp>
#include <vector>

namespace tarmac {

/// The memory of a linear dma-buf image, mapped for reading. Any thread, one at a time.
class Mapping {
public:
    /// Errors: ImportFailed if the exporter doesn't let its memory be mapped.
    static Result<Mapping> create(std::shared_ptr<const Dmabuf> dmabuf);

    const Dmabuf& dmabuf() const noexcept { return *dmabuf_; }
    std::uint64_t size_in_bytes() const noexcept;

    /// The first row of `plane`. To be read between begin_read() and end_read() only.
    const std::uint8_t* plane(unsigned plane) const noexcept { return planes_[plane]; }

    /// Waits until nobody writes to the memory any more, a tenth of a second at most, and makes
    /// what was written visible. Rule: DMA_BUF_IOCTL_SYNC, <linux/dma-buf.h>.
    bool begin_read() const noexcept;
    void end_read() const noexcept;

private:
    struct Unmap {
        std::size_t size = 0;
        void operator()(const std::uint8_t* memory) const noexcept;
    };
    /// One dma-buf, of as many planes as lie in it.
    struct Part {
        int fd; ///< of the first of its planes
        std::unique_ptr<const std::uint8_t, Unmap> memory;
    };

    explicit Mapping(std::shared_ptr<const Dmabuf> dmabuf) : dmabuf_{std::move(dmabuf)} {}

    std::shared_ptr<const Dmabuf> dmabuf_;
    std::vector<Part> parts_;
    std::array<const std::uint8_t*, MaxPlanes> planes_{};
};

} // namespace tarmac
