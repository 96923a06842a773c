#include "compositor/window/placement.hpp"

#include <algorithm>

namespace tarmac::compositor {
namespace {

constexpr int CascadeStep = 32;
constexpr int CascadeLength = 6;
/// So much of a window, in pixels, stays where the pointer can get at it.
constexpr int Reach = 48;
constexpr int MaxSide = 16384;

int limited(int side, int min, int max) {
    const int floor = std::clamp(min, 1, MaxSide);
    const int ceiling = max > 0 ? std::clamp(max, floor, MaxSide) : MaxSide;
    return std::clamp(side, floor, ceiling);
}

} // namespace

wlr_box centred(const wlr_box& window, const wlr_box& area, int step) {
    const int offset = step % CascadeLength * CascadeStep;
    const int x = area.x + (area.width - window.width) / 2 + offset;
    const int y = area.y + (area.height - window.height) / 2 + offset;
    return {std::max(x, area.x), std::max(y, area.y), window.width, window.height};
}

wlr_box kept_in_reach(wlr_box window, const wlr_box& area) {
    if (wlr_box_empty(&area))
        return window;
    const int right = area.x + area.width, bottom = area.y + area.height;
    window.x = std::max(std::min(window.x, right - Reach), area.x + Reach - window.width);
    window.y = std::max(std::min(window.y, bottom - Reach), area.y);
    return window;
}

wlr_box resized(const wlr_box& window, std::uint32_t edges, int dx, int dy,
                const SizeLimits& limits) {
    wlr_box result = window;
    if ((edges & WLR_EDGE_LEFT) != 0) {
        result.width = limited(window.width - dx, limits.min_width, limits.max_width);
        result.x = window.x + window.width - result.width;
    } else if ((edges & WLR_EDGE_RIGHT) != 0) {
        result.width = limited(window.width + dx, limits.min_width, limits.max_width);
    }
    if ((edges & WLR_EDGE_TOP) != 0) {
        result.height = limited(window.height - dy, limits.min_height, limits.max_height);
        result.y = window.y + window.height - result.height;
    } else if ((edges & WLR_EDGE_BOTTOM) != 0) {
        result.height = limited(window.height + dy, limits.min_height, limits.max_height);
    }
    return result;
}

std::uint32_t nearest_corner(const wlr_box& window, double x, double y) {
    const bool left = x < window.x + window.width / 2.0;
    const bool top = y < window.y + window.height / 2.0;
    return (left ? WLR_EDGE_LEFT : WLR_EDGE_RIGHT) | (top ? WLR_EDGE_TOP : WLR_EDGE_BOTTOM);
}

} // namespace tarmac::compositor
