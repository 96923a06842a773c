#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tarmac/buffer.hpp>

namespace tarmac {

/// What an importer made of a client's image.
struct Landed {
    BufferPtr import;               ///< for renderers; nullptr: the image is to be mapped and read
    std::uint64_t mapped_bytes = 0; ///< that the import takes of this process's memory
    bool is_drawn_in_place = false; ///< the renderer reads and writes the mapped memory
    std::string way{};              ///< of the importer, which may go before
    std::chrono::nanoseconds time{};
    std::optional<dev_t> sampling_device{}; ///< that the client named
};

} // namespace tarmac
