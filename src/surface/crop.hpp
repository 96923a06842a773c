#pragma once

#include <optional>
#include <tarmac/geometry.hpp>

#include "wlr/wlr.hpp"

namespace tarmac {

/// The pixels of the buffer that `state` brings which `box` touches, a box in the coordinates of
/// wp_viewport.set_source. Of any numbers.
Rect pixels_in(const wlr_surface_state& state, const wlr_fbox& box);

/// The pixels of which a viewport shows some, where it leaves out others. Rule: wp_viewport,
/// "content outside the source rectangle is ignored"; of a pixel that is in it by half, all counts
/// as content.
std::optional<Rect> crop_of(const wlr_surface_state& state);

} // namespace tarmac
