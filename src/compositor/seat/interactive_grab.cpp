#include "compositor/seat/interactive_grab.hpp"

#include <cmath>

namespace tarmac::compositor {

InteractiveGrab::InteractiveGrab(Toplevel& window, std::uint32_t edges, double x, double y,
                                 std::function<void()> on_window_gone)
    : window_{window}, edges_{edges}, start_x_{x}, start_y_{y}, start_box_{window.box()} {
    if (edges_ != 0)
        window_.begin_resize(edges_);
    unmap_.connect(window.surface().events.unmap, std::move(on_window_gone));
}

InteractiveGrab::~InteractiveGrab() {
    if (edges_ != 0)
        window_.end_resize();
}

void InteractiveGrab::follow(double x, double y) {
    const int dx = static_cast<int>(std::lround(x - start_x_));
    const int dy = static_cast<int>(std::lround(y - start_y_));
    if (edges_ == 0) {
        window_.move_to(start_box_.x + dx, start_box_.y + dy);
        return;
    }
    const wlr_box target = resized(start_box_, edges_, dx, dy, window_.limits());
    window_.resize_to(target.width, target.height);
}

const char* InteractiveGrab::cursor() const {
    switch (edges_) {
    case WLR_EDGE_NONE:
        return "grabbing";
    case WLR_EDGE_TOP:
        return "n-resize";
    case WLR_EDGE_BOTTOM:
        return "s-resize";
    case WLR_EDGE_LEFT:
        return "w-resize";
    case WLR_EDGE_RIGHT:
        return "e-resize";
    case WLR_EDGE_TOP | WLR_EDGE_LEFT:
        return "nw-resize";
    case WLR_EDGE_TOP | WLR_EDGE_RIGHT:
        return "ne-resize";
    case WLR_EDGE_BOTTOM | WLR_EDGE_LEFT:
        return "sw-resize";
    default:
        return "se-resize";
    }
}

} // namespace tarmac::compositor
