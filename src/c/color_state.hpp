#pragma once

#include <tarmac/color_state.hpp>
#include <tarmac/tarmac.h>
#include <utility>

namespace tarmac::c {

inline tarmac_color_state for_c(const ColorState& color) noexcept {
    return {std::to_underlying(color.matrix), std::to_underlying(color.range),
            std::to_underlying(color.transfer), std::to_underlying(color.primaries)};
}

inline ColorState from_c(const tarmac_color_state& color) noexcept {
    return {ColorState::Matrix{color.matrix}, ColorState::Range{color.range},
            ColorState::Transfer{color.transfer}, ColorState::Primaries{color.primaries}};
}

} // namespace tarmac::c
