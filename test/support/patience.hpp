#pragma once

#include <chrono>
#include <cstdlib>

namespace test {

/// How many times longer than elsewhere things take on this machine.
inline int slowness() {
    const char* told = std::getenv("TARMAC_SLOWNESS");
    return told ? std::atoi(told) : 1;
}

/// How long to wait for what ought to come: half a minute, on a machine that is slow several times
/// as long.
inline std::chrono::seconds patience() {
    return std::chrono::seconds{30 * slowness()};
}

} // namespace test
