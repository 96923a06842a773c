#pragma once

#include "inspect/options.hpp"

namespace tarmac::inspect {

/// Shows what a compositor tells until the user quits. Returns the exit status.
int run(const TopOptions& options);

} // namespace tarmac::inspect
