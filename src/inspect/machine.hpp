#pragma once

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// Fills in versions, devices and makers. Each node is opened once, and closed again.
void look_at_machine(Report& report);

} // namespace tarmac::inspect
