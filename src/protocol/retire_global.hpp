#pragma once

struct wl_global;

namespace tarmac {

/// Takes `global` from the registry and clears its user data, and destroys it some seconds later,
/// or with the display: a client may be binding it right now, and would be ended with a protocol
/// error if it were gone.
void retire_global(wl_global* global) noexcept;

} // namespace tarmac
