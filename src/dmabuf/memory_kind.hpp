#pragma once

#include <cstdint>
#include <tarmac/dmabuf.hpp>

namespace tarmac {

/// What the kernel says of a dma-buf's memory, by the driver that exports it.
enum class MemoryKind : std::uint8_t {
    Pages,  ///< of main memory, or of a device that can't draw: nobody lays rows out otherwise
    Device, ///< of a device that may lay rows out as it likes; a mapping shows them
    Hidden, ///< of a device with memory of its own: a mapping doesn't show what it draws
};

/// The worst of the planes. Asks the kernel, and tries a driver with a name of its own when it
/// meets that for the first time.
MemoryKind memory_kind(const Dmabuf& image);

} // namespace tarmac
