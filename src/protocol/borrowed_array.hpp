#pragma once

#include <cstdint>
#include <ranges>
#include <span>
#include <wayland-server-core.h>

namespace tarmac {

/// A wl_array that borrows `values`, as events take them.
template <class T>
wl_array borrow(std::span<const T> values) {
    return {.size = values.size_bytes(), .alloc = 0, .data = const_cast<T*>(values.data())};
}

/// `indices` of a format table in parts that an event holds: libwayland ends a client rather than
/// send it one of more than 4096 bytes.
inline auto in_parts(std::span<const std::uint16_t> indices) {
    constexpr std::ptrdiff_t MaxIndicesAnEvent = 1024;
    return indices | std::views::chunk(MaxIndicesAnEvent);
}

} // namespace tarmac
