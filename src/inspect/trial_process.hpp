#pragma once

#include "inspect/trial.hpp"

namespace tarmac::inspect {

/// Tries `renderer` in a process of its own, which begins nothing after `end`: a driver that
/// crashes or hangs takes nothing with it but what it hadn't told. One that takes long to start is
/// waited for, until `limit` and a little longer.
Renderer try_in_process(const Report& report, Renderer renderer, Clock::time_point end,
                        Clock::time_point limit);

} // namespace tarmac::inspect
