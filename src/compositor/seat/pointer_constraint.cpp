#include "compositor/seat/pointer_constraint.hpp"

namespace tarmac::compositor {

PointerConstraint::PointerConstraint(wl_display* display, wlr_seat& seat)
    : seat_{seat}, constraints_{wlr_pointer_constraints_v1_create(display)} {
    new_constraint_.connect<wlr_pointer_constraint_v1>(
        constraints_->events.new_constraint, [this](wlr_pointer_constraint_v1* constraint) {
            if (constraint->surface == seat_.pointer_state.focused_surface)
                activate(constraint);
        });
}

void PointerConstraint::enter(wlr_surface* surface) {
    activate(surface == nullptr ? nullptr
                                : wlr_pointer_constraints_v1_constraint_for_surface(
                                      constraints_, surface, &seat_));
}

void PointerConstraint::activate(wlr_pointer_constraint_v1* constraint) {
    if (active_ == constraint)
        return;
    wlr_pointer_constraint_v1* former = active_;
    active_ = constraint;
    destroy_.disconnect();
    if (former != nullptr) {
        // Destroys one that was meant to hold just once.
        wlr_pointer_constraint_v1_send_deactivated(former);
    }
    if (constraint != nullptr) {
        destroy_.connect(constraint->events.destroy, [this] {
            active_ = nullptr;
            destroy_.disconnect();
        });
        wlr_pointer_constraint_v1_send_activated(constraint);
    }
}

void PointerConstraint::limit(double& dx, double& dy) const {
    if (active_ == nullptr)
        return;
    if (active_->type == WLR_POINTER_CONSTRAINT_V1_LOCKED) {
        dx = dy = 0;
        return;
    }
    const double x = seat_.pointer_state.sx, y = seat_.pointer_state.sy;
    double confined_x = x, confined_y = y;
    if (wlr_region_confine(&active_->region, x, y, x + dx, y + dy, &confined_x, &confined_y)) {
        dx = confined_x - x;
        dy = confined_y - y;
    }
}

} // namespace tarmac::compositor
