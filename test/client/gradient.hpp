#pragma once

#include "support/picture.hpp"

namespace test {

/// Checks every pixel of the square that weston-simple-dmabuf-egl draws in `window`, and that all
/// else in the window is black.
void check_gradient(const Picture& screen, const Box& window);

} // namespace test
