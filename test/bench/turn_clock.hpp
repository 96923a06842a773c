#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

/// How long the turns of a compositor's event loop took, in processor time of its main thread:
/// shared memory, in the file that TARMAC_TURNS names.
struct Turns {
    /// Of which number i counts turns of less than 2^i microseconds, and not less than half of it.
    static constexpr unsigned Buckets = 24;

    std::atomic<std::uint64_t> longest; ///< nanoseconds
    std::atomic<std::uint32_t> counts[Buckets];
};

} // namespace bench
