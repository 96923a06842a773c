#pragma once

#include <algorithm>
#include <cstddef>
#include <sys/mman.h>

namespace tarmac {

/// munmap() bit by bit: all threads of a process that need a page wait until one returns, and for a
/// large picture that is longer than a turn of the event loop may take. `memory` as mmap() gave it.
inline void unmap(const void* memory, std::size_t size) noexcept {
    constexpr std::size_t Step = 1 << 20;
    auto* bytes = static_cast<char*>(const_cast<void*>(memory));
    for (std::size_t done = 0; done < size; done += Step)
        munmap(bytes + done, std::min(Step, size - done));
}

} // namespace tarmac
