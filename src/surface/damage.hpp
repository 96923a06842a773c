#pragma once

#include "convert/region.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// Where the buffer that `state` brings differs from the one before, in pixels of the picture as
/// its client sees it. wlroots' own answer (types/wlr_compositor.c of 0.20, surface_update_damage)
/// leaves out a column or a row where the viewport's source isn't in whole pixels.
Region buffer_damage_of(const wlr_surface_state& state);

/// The part of a picture that what is drawn of `damage` reaches into: where the source isn't in
/// whole pixels, each of the target mixes two, of which wlr_scene forgets one and cuts off what is
/// left of the last (types/scene/wlr_scene.c of 0.20, wlr_scene_buffer_set_buffer_with_options).
Region as_far_as_seen(const Region& damage, wlr_surface& surface);

/// The same region of a picture of that height which lies upside down in memory.
Region flipped(const Region& region, int height);

} // namespace tarmac
