#pragma once

#include <tarmac/fd.hpp>

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// What the primary planes of the card behind `node` scan out. It needn't be its master.
Scanout scanout_of(const Fd& node);

} // namespace tarmac::inspect
