#pragma once

#include <expected>
#include <string>
#include <tarmac/fd.hpp>

namespace tarmac::inspect {

/// Opens a device's file for reading and writing. Error: why not, and what to do about it.
std::expected<Fd, std::string> open_node(const std::string& path);

/// The problem that open_node() has with it; empty if it has none.
std::string problem_of(const std::string& path);

} // namespace tarmac::inspect
