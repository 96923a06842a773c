#pragma once

#include <string>
#include <string_view>

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// All of it, as tarmac-inspect(1) describes it.
std::string to_json(const Report& report);

/// The same of a renderer without its outcomes, or of an outcome, in a line, for add_line().
std::string line_of(const Renderer& renderer);
std::string line_of(const Outcome& outcome);
/// Takes over what line_of() wrote of a renderer, or adds an outcome.
void add_line(Renderer& renderer, std::string_view line);

} // namespace tarmac::inspect
