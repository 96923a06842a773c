#pragma once

#include "inspect/trial.hpp"

namespace tarmac::inspect {

/// Tries `renderer` in a process of its own, which ends at `end` at the latest and a little grace:
/// a driver that crashes or hangs takes nothing with it but what it hadn't told.
Renderer try_in_process(const Report& report, Renderer renderer, Clock::time_point end);

} // namespace tarmac::inspect
