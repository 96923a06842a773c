#pragma once

#include <string>

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// A page that needs nothing else.
std::string to_html(const Report& report);

} // namespace tarmac::inspect
