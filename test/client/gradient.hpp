#pragma once

#include "support/picture.hpp"

namespace test {

/// A box round the square that weston-simple-dmabuf-egl draws, in `part` of the screen, where all
/// else is dark: 256x256 large, as its window, if the square is there whole.
Box find_gradient(const Picture& screen, const Box& part);

/// Checks every pixel of the square that weston-simple-dmabuf-egl draws in `window`, and that all
/// else in the window is black.
void check_gradient(const Picture& screen, const Box& window);

} // namespace test
