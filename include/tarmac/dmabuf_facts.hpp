#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <string>
#include <tarmac/error.hpp>

namespace tarmac {

/// What the kernel says of a dma-buf.
struct DmabufFacts {
    std::uint64_t inode; ///< the same for all descriptors of it
    std::uint64_t size;  ///< in bytes
    /// Who made it, by /proc/self/fdinfo: the name of a driver, "udmabuf" or "system"; empty if
    /// it doesn't say.
    std::string exporter;
};

/// Asks the kernel, by some system calls, so a thread of its own is the place for what many buffers
/// have. `fd` is borrowed. Any thread. Errors: NotADmabuf.
TARMAC_EXPORT Result<DmabufFacts> describe_dmabuf(int fd);

} // namespace tarmac
