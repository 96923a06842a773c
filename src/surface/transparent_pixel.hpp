#pragma once

#include <tarmac/buffer.hpp>

namespace tarmac {

/// A buffer of one pixel that shows nothing.
BufferPtr make_transparent_pixel();

} // namespace tarmac
