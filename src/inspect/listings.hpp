#pragma once

#include <ostream>
#include <string>

#include "inspect/connection.hpp"

namespace tarmac::inspect {

// What `--json` shows, for people: tables that fit 80 columns where names are short.

void print_buffers(std::ostream& out, const Json& snapshot);
void print_clients(std::ostream& out, const Json& snapshot);
void print_refusals(std::ostream& out, const Json& snapshot);
void print_feedback(std::ostream& out, const Json& snapshot);

/// In a line, as print_refusals() has them.
std::string refusal_line(const Json& refusal);

} // namespace tarmac::inspect
