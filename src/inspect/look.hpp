#pragma once

#include "inspect/options.hpp"

namespace tarmac::inspect {

/// Asks a compositor, and writes what it tells to standard output. Returns the exit status.
int run(const LookOptions& options);

} // namespace tarmac::inspect
