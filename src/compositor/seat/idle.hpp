#pragma once

#include "compositor/wlr_protocols.hpp"
#include "wlr/listener.hpp"

#include <map>

namespace tarmac::compositor {

/// Tells clients when the user has done nothing for a while (ext-idle-notify), unless a window that
/// is there wants the user to be looked upon as busy (idle-inhibit). Owned by Seat.
class Idle {
public:
    explicit Idle(wl_display* display);

    /// The user did something.
    void notify(wlr_seat& seat) { wlr_idle_notifier_v1_notify_activity(notifier_, &seat); }

private:
    struct Listeners {
        Listener map, unmap, destroy;
    };

    void add(wlr_idle_inhibitor_v1& inhibitor);
    void update();

    wlr_idle_notifier_v1* notifier_;
    wlr_idle_inhibit_manager_v1* inhibition_;
    std::map<wlr_idle_inhibitor_v1*, Listeners> inhibitors_;
    Listener new_inhibitor_;
};

} // namespace tarmac::compositor
