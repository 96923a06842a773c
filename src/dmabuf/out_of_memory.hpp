#pragma once

#include <tarmac/error.hpp>

namespace tarmac {

/// The sentence is so short that it needs no memory itself.
inline Error out_of_memory() noexcept {
    return {Fault::OutOfResources, std::nullopt, "no memory left"};
}

} // namespace tarmac
