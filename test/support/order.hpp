#pragma once

#include <span>
#include <string>

namespace test {

/// The order in which things are destroyed, in words: numbers of `names`.
std::string describe(const auto& order, std::span<const char* const> names) {
    std::string text;
    for (const auto thing : order)
        text += std::string{text.empty() ? "" : ", "} + names[thing];
    return text;
}

} // namespace test
