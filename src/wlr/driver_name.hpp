#pragma once

#include <string>

struct wlr_renderer;

namespace tarmac {

/// What draws behind `renderer`, and its version, as the driver has it, for people to read. Empty
/// if it isn't known. On the thread of the renderer's context.
std::string driver_name(wlr_renderer* renderer);

} // namespace tarmac
