#pragma once

#include "compositor/options.hpp"
#include "wlr/wlr.hpp"

#include <optional>

namespace tarmac::compositor {

/// Switches `output` on, in the mode of `size` where it has one or takes any, else in its preferred
/// one; where that isn't possible, in the first of its others that is. False if it can't be used.
bool switch_on(wlr_output& output, std::optional<Size> size);

void switch_off(wlr_output& output);

} // namespace tarmac::compositor
