#pragma once

#include <tarmac/cxx23.hpp>

#include <chrono>
#include <cstdint>

namespace tarmac {

/// How long something took that is done again and again.
struct Timing {
    std::uint64_t count = 0;           ///< how often it was done
    std::chrono::nanoseconds last{};   ///< the newest
    std::chrono::nanoseconds median{}; ///< of the newest, 32 at most
    std::chrono::nanoseconds longest{};
};

} // namespace tarmac
