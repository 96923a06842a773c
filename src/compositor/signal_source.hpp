#pragma once

#include "compositor/handle.hpp"
#include "wlr/guard.hpp"

#include <functional>
#include <wayland-server-core.h>

namespace tarmac::compositor {

/// Calls a function from the event loop when the process gets a signal. Stays where it is in
/// memory.
///
/// The signal is blocked from then on, in this thread and in those that it starts later: make these
/// objects before anything that starts threads (Mesa does), or a signal that one of them takes ends
/// the process.
class SignalSource {
public:
    SignalSource(wl_event_loop* loop, int signal, std::function<void()> function)
        : function_{std::move(function)}
        , source_{wl_event_loop_add_signal(
              loop, signal,
              [](int, void* self) {
                  guard(static_cast<SignalSource*>(self)->function_);
                  return 0;
              },
              this)} {}
    SignalSource(const SignalSource&) = delete;
    SignalSource& operator=(const SignalSource&) = delete;

private:
    std::function<void()> function_;
    Handle<wl_event_source, wl_event_source_remove> source_;
};

} // namespace tarmac::compositor
