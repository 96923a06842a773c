#pragma once

#include "wlr/wlr.hpp"

namespace tarmac::compositor {

/// The sizes that a client takes; 0 stands for no limit.
struct SizeLimits {
    int min_width = 0, min_height = 0;
    int max_width = 0, max_height = 0;
};

/// A box of the size of `window` in the middle of `area`, `step` cascade steps down and to the
/// right. Its upper left corner stays inside, however large the window is.
wlr_box centred(const wlr_box& window, const wlr_box& area, int step = 0);

/// `window`, moved as little as is needed for the user to get hold of it inside of `area`.
wlr_box kept_in_reach(wlr_box window, const wlr_box& area);

/// `window` after its `edges` (WLR_EDGE_*) were pulled by `dx` and `dy`; the other edges stay.
wlr_box resized(const wlr_box& window, std::uint32_t edges, int dx, int dy,
                const SizeLimits& limits);

/// The corner of `window` that is nearest to the point, as two edges.
std::uint32_t nearest_corner(const wlr_box& window, double x, double y);

} // namespace tarmac::compositor
