#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <functional>
#include <map>

namespace tarmac::compositor {

/// No window is larger, and no part of one farther from the rest, in pixels. wlroots (0.20.2) adds
/// such numbers as ints and scales them as floats, and aborts where the outcome is a negative size.
inline constexpr int Farthest = 1 << 20;

/// `box` with sides of 0 to Farthest, and no farther away than that.
wlr_box bounded(const wlr_box& box);

/// Brings the sizes and positions that clients give to surfaces within bounds, before anybody sees
/// them. Owned by the Server.
class SurfaceBounds {
public:
    /// `on_commit` is called before.
    SurfaceBounds(wlr_compositor& compositor, std::function<void()> on_commit);

private:
    struct Listeners {
        Listener client_commit, destroy;
    };

    std::function<void()> on_commit_;
    std::map<wlr_surface*, Listeners> surfaces_;
    Listener new_surface_;
};

} // namespace tarmac::compositor
