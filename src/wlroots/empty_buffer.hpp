#pragma once

#include <tarmac/texture.hpp>

namespace tarmac {

/// A wlr_buffer without contents, for a wl_buffer that exists although its import failed: a surface
/// that gets it keeps the picture it has.
BufferPtr create_empty_buffer(int width, int height);

} // namespace tarmac
