#pragma once

#include <functional>
#include <span>
#include <string>

#include "support/raw_client.hpp"

namespace test {

/// A rule that isn't about one buffer.
struct Check {
    std::string name;
    unsigned version; ///< least version of the client that it needs
    /// Returns what is wrong, or nothing. `dmabuf` has room for the card of the cases.
    std::function<std::string(RawClient& client, int dmabuf)> run;
};

std::span<const Check> all_checks();

} // namespace test
