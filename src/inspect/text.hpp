#pragma once

#include <string>

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// For a terminal of 80 columns; with colours of a terminal if it is one.
std::string to_text(const Report& report, bool is_colored);

} // namespace tarmac::inspect
