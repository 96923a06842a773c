#pragma once

#include <chrono>
#include <cstdlib>

namespace test {

/// How long to wait for what ought to come: half a minute, on a machine that is slow several times
/// as long.
inline std::chrono::seconds patience() {
    const char* slowness = std::getenv("TARMAC_SLOWNESS");
    return std::chrono::seconds{30 * (slowness ? std::atoi(slowness) : 1)};
}

} // namespace test
