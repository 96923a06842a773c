#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac::compositor {

/// The pointer-constraints global, and the one constraint that holds: that of the surface under the
/// pointer. Owned by Pointer.
class PointerConstraint {
public:
    PointerConstraint(wl_display* display, wlr_seat& seat);

    /// The pointer went to `surface`; nullptr: to none.
    void enter(wlr_surface* surface);
    /// Cuts the movement by `dx` and `dy` down to what the constraint lets through.
    void limit(double& dx, double& dy) const;

private:
    void activate(wlr_pointer_constraint_v1* constraint);

    wlr_seat& seat_;
    wlr_pointer_constraints_v1* constraints_;
    wlr_pointer_constraint_v1* active_ = nullptr;
    Listener new_constraint_, destroy_;
};

} // namespace tarmac::compositor
