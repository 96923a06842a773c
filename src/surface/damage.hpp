#pragma once

#include "convert/region.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// Where the buffer that `state` brings differs from the one before, in pixels of the picture as
/// its client sees it. wlroots' own answer (types/wlr_compositor.c of 0.20, surface_update_damage)
/// leaves out a column or a row where the viewport's source isn't in whole pixels.
Region buffer_damage_of(const wlr_surface_state& state);

/// The same region of a picture of that height which lies upside down in memory.
Region flipped(const Region& region, int height);

} // namespace tarmac
