#pragma once

#include "support/picture.hpp"

namespace test {

/// Where weston-simple-dmabuf-egl's window of `size` pixels lies on `screen`, which shows nothing
/// else. Fails the test if it isn't there.
Box find_window(const Picture& screen, int size);

/// Checks every pixel of the square that weston-simple-dmabuf-egl draws in `window`, and that all
/// else in the window is black.
void check_gradient(const Picture& screen, const Box& window);

} // namespace test
