#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <functional>

namespace tarmac::compositor {

/// Tells one client that the compositor decorates its window, whatever it prefers: that is a
/// border, which no client draws a second time. Owned by the Toplevel.
class Decoration {
public:
    /// `on_gone` may destroy the Decoration.
    Decoration(wlr_xdg_toplevel_decoration_v1& decoration, std::function<void()> on_gone);

    /// Answers the client, which has to be done with the first configure.
    void announce();
    /// Whether the client has taken notice and leaves its decoration out.
    bool is_in_effect() const noexcept;

private:
    wlr_xdg_toplevel_decoration_v1& decoration_;
    Listener request_mode_, destroy_;
};

} // namespace tarmac::compositor
