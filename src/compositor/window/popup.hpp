#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac::compositor {

class Windows;

/// One menu or tooltip: configured and kept on its window's output. wlroots takes care of where it
/// is and of its grab. Owned by Windows, and goes when the client's xdg_popup goes.
class Popup {
public:
    Popup(Windows& windows, wlr_xdg_popup& xdg);

    wlr_xdg_popup& xdg() const noexcept { return xdg_; }

private:
    void await_first_commit();
    void committed();
    void configure();

    Windows& windows_;
    wlr_xdg_popup& xdg_;
    bool awaits_first_commit_ = false;
    Listener commit_, reposition_, destroy_;
};

} // namespace tarmac::compositor
