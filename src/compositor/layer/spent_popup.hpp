#pragma once

#include "compositor/handle.hpp"

#include <wayland-server-core.h>

namespace tarmac::compositor {

using ProtocolLogger = Handle<wl_protocol_logger, wl_protocol_logger_destroy>;

/// wlroots (0.20.2) reads a null pointer where a client hands a popup to a layer surface that was
/// dismissed before: any client could end the compositor. While the outcome lives, such a layer
/// surface is closed first, after which nobody reads what is asked of it.
ProtocolLogger keep_spent_popups_off_layers(wl_display* display);

} // namespace tarmac::compositor
