#include "compositor/window/scene_extents.hpp"

#include "wlr/guard.hpp"
#include "wlr/surface_states.hpp"

#include <algorithm>

namespace tarmac::compositor {
namespace {

struct Span {
    std::int64_t left = INT64_MAX, top = INT64_MAX, right = INT64_MIN, bottom = INT64_MIN;
};

/// `node` lies at `x`, `y`.
void join(Span& span, wlr_scene_node& node, std::int64_t x, std::int64_t y) {
    if (node.type == WLR_SCENE_NODE_TREE) {
        wlr_scene_node* child;
        wl_list_for_each(child, &wlr_scene_tree_from_node(&node)->children, link) {
            join(span, *child, x + child->x, y + child->y);
        }
        return;
    }
    // Those that show surfaces have no other size.
    const wlr_scene_buffer& picture = *wlr_scene_buffer_from_node(&node);
    span.left = std::min(span.left, x);
    span.top = std::min(span.top, y);
    span.right = std::max(span.right, x + picture.dst_width);
    span.bottom = std::max(span.bottom, y + picture.dst_height);
}

} // namespace

Extents extents_of(wlr_scene_node& node) {
    Span span;
    join(span, node, 0, 0);
    return span.left > span.right ? Extents{0, 0}
                                  : Extents{span.right - span.left, span.bottom - span.top};
}

SceneChanges::SceneChanges(wlr_surface& surface, const std::function<void()>& on_change) {
    follow(tree_, surface, surface.events.destroy, on_change);
}

void SceneChanges::follow(std::list<Followed>& siblings, wlr_surface& surface, wl_signal& gone,
                          const std::function<void()>& on_change) {
    const auto add_part = [this, on_change](std::list<Followed>& parts, wlr_subsurface& part) {
        follow(parts, *part.surface, part.events.destroy, on_change);
    };
    const auto added = siblings.emplace(siblings.end());
    // Before the others, which mustn't outlast the surface.
    added->gone.connect(gone, [&siblings, added] { siblings.erase(added); });
    added->commit.connect(surface.events.commit, on_change);
    added->new_subsurface.connect<wlr_subsurface>(
        surface.events.new_subsurface, [this, added, add_part](wlr_subsurface* part) {
            misses_any_ |= !guard([&] { add_part(added->parts, *part); });
        });
    for_each_child(surface.current, [&](wlr_surface& child) {
        if (wlr_subsurface* part = wlr_subsurface_try_from_wlr_surface(&child))
            add_part(added->parts, *part);
    });
}

} // namespace tarmac::compositor
