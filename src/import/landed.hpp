#pragma once

#include <memory>
#include <tarmac/buffer.hpp>

#include "ready/mapping.hpp"

namespace tarmac {

/// What an importer made of a client's image; one of the two is there.
struct Landed {
    BufferPtr import;                 ///< for renderers
    std::shared_ptr<Mapping> mapping; ///< to be read
    std::uint64_t mapped_bytes = 0;   ///< that the import takes of this process's memory
};

} // namespace tarmac
