#pragma once

#include <cstdint>
#include <span>

namespace test {

/// What clients may count on, whatever the renderer: formats that are advertised with the linear
/// layout.
std::span<const std::uint32_t> required_formats();
bool is_required(std::uint32_t fourcc);

} // namespace test
