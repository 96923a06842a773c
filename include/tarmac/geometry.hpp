#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>

namespace tarmac {

/// In pixels, from the image's upper left corner.
struct Rect {
    std::int32_t x, y, width, height;

    friend bool operator==(const Rect&, const Rect&) = default;
};

/// In pixels.
struct Extent {
    std::uint32_t width, height;

    friend bool operator==(const Extent&, const Extent&) = default;
};

} // namespace tarmac
