#pragma once

#include <string>
#include <tarmac/error.hpp>

namespace tarmac {

/// That the wlroots of this process is the one that this library was built for, and the only one.
/// A program linked with another version loads both, and some functions are then found in the one,
/// some in the other: what one makes is laid out otherwise than the other takes it for.
Result<void> check_loaded_wlroots();

/// The version of the wlroots of this process, or what this library was built for where it doesn't
/// say (0.19): 0.20.2.
std::string wlroots_version();

} // namespace tarmac
