#pragma once

#include "compositor/window/toplevel.hpp"
#include "wlr/listener.hpp"

#include <functional>

namespace tarmac::compositor {

/// A window that follows the pointer while a button is down. Owned by Pointer, which ends it.
class InteractiveGrab {
public:
    /// Moves `window` if there are no `edges` (WLR_EDGE_*), resizes it by them otherwise. `x` and
    /// `y` are the pointer's. `on_window_gone` may destroy the grab.
    InteractiveGrab(Toplevel& window, std::uint32_t edges, double x, double y,
                    std::function<void()> on_window_gone);
    InteractiveGrab(const InteractiveGrab&) = delete;
    InteractiveGrab& operator=(const InteractiveGrab&) = delete;
    ~InteractiveGrab();

    void follow(double x, double y);
    /// Name of the cursor to show meanwhile.
    const char* cursor() const;

private:
    Toplevel& window_;
    std::uint32_t edges_;
    double start_x_, start_y_;
    wlr_box start_box_;
    Listener unmap_;
};

} // namespace tarmac::compositor
