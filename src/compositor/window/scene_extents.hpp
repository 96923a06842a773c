#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <cstdint>
#include <list>

namespace tarmac::compositor {

/// What a node and all below it span: hidden ones and empty ones too, as wlroots has it for
/// captures, but in numbers that don't overflow.
struct Extents {
    std::int64_t width, height;
};
Extents extents_of(wlr_scene_node& node);

/// Calls a function when wlr_scene may have moved or resized a node that shows a surface or a part
/// of it.
class SceneChanges {
public:
    /// To be made after the nodes, so that the scene has heard of each commit before. `on_change`
    /// may destroy this.
    SceneChanges(wlr_surface& surface, const std::function<void()>& on_change);

    /// Whether there was no memory to follow all of them.
    bool misses_any() const noexcept { return misses_any_; }

private:
    struct Followed {
        Listener gone{}, commit{}, new_subsurface{};
        std::list<Followed> parts{};
    };

    void follow(std::list<Followed>& siblings, wlr_surface& surface, wl_signal& gone,
                const std::function<void()>& on_change);

    bool misses_any_ = false;
    std::list<Followed> tree_;
};

} // namespace tarmac::compositor
