#include "compositor/layer/arrangement.hpp"

namespace tarmac::compositor {
namespace {

struct Span {
    int start, length;
};

/// One direction of a surface.
struct Wish {
    int length; ///< 0: as much as there is
    bool at_start, at_end;
    int start_margin, end_margin;
};

Span fitted(const Wish& wish, const Span& room) {
    if (wish.length == 0) {
        return {room.start + wish.start_margin,
                std::max(room.length - wish.start_margin - wish.end_margin, 1)};
    }
    if (wish.at_start == wish.at_end)
        return {room.start + (room.length - wish.length) / 2, wish.length};
    if (wish.at_start)
        return {room.start + wish.start_margin, wish.length};
    return {room.start + room.length - wish.length - wish.end_margin, wish.length};
}

} // namespace

wlr_box arranged(const wlr_layer_surface_v1_state& state, const wlr_box& room) {
    const auto is_at = [&](std::uint32_t edge) { return (state.anchor & edge) != 0; };
    const Span x =
        fitted({static_cast<int>(state.desired_width), is_at(ZWLR_LAYER_SURFACE_V1_ANCHOR_LEFT),
                is_at(ZWLR_LAYER_SURFACE_V1_ANCHOR_RIGHT), state.margin.left, state.margin.right},
               {room.x, room.width});
    const Span y =
        fitted({static_cast<int>(state.desired_height), is_at(ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP),
                is_at(ZWLR_LAYER_SURFACE_V1_ANCHOR_BOTTOM), state.margin.top, state.margin.bottom},
               {room.y, room.height});
    return {x.start, y.start, x.length, y.length};
}

wlr_box without_zone(wlr_layer_surface_v1& surface, const wlr_box& usable, const wlr_box& whole) {
    const wlr_layer_surface_v1_state& state = surface.current;
    const auto deep = [&](int margin) { return std::max(state.exclusive_zone + margin, 0); };
    wlr_box rest = usable;
    switch (wlr_layer_surface_v1_get_exclusive_edge(&surface)) {
    case WLR_EDGE_TOP:
        rest.y += deep(state.margin.top);
        rest.height -= deep(state.margin.top);
        break;
    case WLR_EDGE_BOTTOM:
        rest.height -= deep(state.margin.bottom);
        break;
    case WLR_EDGE_LEFT:
        rest.x += deep(state.margin.left);
        rest.width -= deep(state.margin.left);
        break;
    case WLR_EDGE_RIGHT:
        rest.width -= deep(state.margin.right);
        break;
    case WLR_EDGE_NONE:
        break;
    }
    return rest.width < whole.width / 2 || rest.height < whole.height / 2 ? usable : rest;
}

} // namespace tarmac::compositor
