#include "compositor/seat/idle.hpp"

#include <algorithm>

namespace tarmac::compositor {

Idle::Idle(wl_display* display)
    : notifier_{wlr_idle_notifier_v1_create(display)}
    , inhibition_{wlr_idle_inhibit_v1_create(display)} {
    new_inhibitor_.connect<wlr_idle_inhibitor_v1>(
        inhibition_->events.new_inhibitor,
        [this](wlr_idle_inhibitor_v1* inhibitor) { add(*inhibitor); });
}

void Idle::add(wlr_idle_inhibitor_v1& inhibitor) {
    Listeners& listeners = inhibitors_[&inhibitor];
    listeners.map.connect(inhibitor.surface->events.map, [this] { update(); });
    listeners.unmap.connect(inhibitor.surface->events.unmap, [this] { update(); });
    listeners.destroy.connect(inhibitor.events.destroy, [this, &inhibitor] {
        inhibitors_.erase(&inhibitor);
        update();
    });
    update();
}

void Idle::update() {
    wlr_idle_notifier_v1_set_inhibited(notifier_,
                                       std::ranges::any_of(inhibitors_, [](const auto& entry) {
                                           return entry.first->surface->mapped;
                                       }));
}

} // namespace tarmac::compositor
