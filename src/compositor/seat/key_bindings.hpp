#pragma once

#include "wlr/wlr.hpp"

#include <functional>

namespace tarmac::compositor {

class Windows;

/// The keys that are the compositor's own. Owned by Seat.
class KeyBindings {
public:
    /// `session` may be nullptr; `quit` ends the compositor.
    KeyBindings(Windows& windows, wlr_session* session, std::function<void()> quit);

    /// Whether the press of `symbol` with `modifiers` (WLR_MODIFIER_*) is one; if so, does it.
    bool press(xkb_keysym_t symbol, std::uint32_t modifiers);
    /// Tells which modifiers are held from now on.
    void hold(std::uint32_t modifiers);

private:
    bool press_with_alt(xkb_keysym_t symbol);
    bool switch_terminal(xkb_keysym_t symbol);

    Windows& windows_;
    wlr_session* session_;
    std::function<void()> quit_;
};

} // namespace tarmac::compositor
