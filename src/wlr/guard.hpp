#pragma once

#include <utility>

struct wl_client;

namespace tarmac {

/// Logs the exception that is being handled. Allocates nothing.
void log_undone() noexcept;
/// Ends `client` with wl_display.no_memory, unless it is on its way out already.
void post_no_memory(wl_client* client) noexcept;

/// Calls `function` for C, which no exception may go through: libwayland and wlroots call us so.
/// False if something was thrown, which is in the log then.
///
/// Whatever they call that may allocate does its work within this, and so do destructors and what
/// else is noexcept; all other functions let std::bad_alloc through, up to one of these or to the
/// embedder who called. Without memory an import fails, what a client waits for ends the client
/// (guard_for()), and other events are left undone.
template <class Function>
bool guard(Function&& function) noexcept {
    try {
        std::forward<Function>(function)();
        return true;
    } catch (...) {
        log_undone();
        return false;
    }
}

/// The same, for what `client` has asked for or is to be told: it gets no_memory if that can't be
/// done. `function` may destroy it as the last thing that it does.
template <class Function>
bool guard_for(wl_client* client, Function&& function) noexcept {
    const bool is_done = guard(std::forward<Function>(function));
    if (!is_done)
        post_no_memory(client);
    return is_done;
}

} // namespace tarmac
