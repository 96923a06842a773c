#pragma once

#include "compositor/wlr_shells.hpp"

namespace tarmac::compositor {

/// Where a layer surface that wishes for `state` is in `room`. No side is less than 1.
wlr_box arranged(const wlr_layer_surface_v1_state& state, const wlr_box& room);

/// `usable`, a part of the output's `whole`, without what `surface` keeps for itself there. All of
/// it where that would be more than half of a side of the output.
wlr_box without_zone(wlr_layer_surface_v1& surface, const wlr_box& usable, const wlr_box& whole);

} // namespace tarmac::compositor
