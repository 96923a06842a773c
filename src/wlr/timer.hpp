#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <wayland-server-core.h>

#include "wlr/guard.hpp"

namespace tarmac {

/// Calls a function once, on the thread of the event loop, unless it goes before. Stays where it is
/// in memory, since the event loop points to it. The function may destroy it.
class Timer {
public:
    Timer(wl_event_loop* loop, std::chrono::milliseconds delay, std::function<void()> function)
        : function_{std::move(function)}
        , source_{wl_event_loop_add_timer(
              loop,
              [](void* self) {
                  const auto function = std::move(static_cast<Timer*>(self)->function_);
                  guard(function);
                  return 0;
              },
              this)} {
        if (source_) // 0 would switch it off
            wl_event_source_timer_update(source_, std::max(1, static_cast<int>(delay.count())));
    }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() {
        if (source_)
            wl_event_source_remove(source_);
    }

private:
    std::function<void()> function_;
    wl_event_source* source_;
};

} // namespace tarmac
