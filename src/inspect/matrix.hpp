#pragma once

#include "inspect/options.hpp"

namespace tarmac::inspect {

/// The exit status.
int run(const MatrixOptions& options);

} // namespace tarmac::inspect
