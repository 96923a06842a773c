#pragma once

#include <tarmac/geometry.hpp>

struct wlr_renderer;

namespace tarmac {

/// Whether `renderer` makes textures as large. Asks or tries where not every renderer does.
bool takes_size(wlr_renderer* renderer, Extent extent);

} // namespace tarmac
