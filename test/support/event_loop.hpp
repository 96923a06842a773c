#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <wayland-server-core.h>

#include "support/patience.hpp"

namespace test {

/// An event loop without a display.
class EventLoop {
public:
    wl_event_loop* get() const { return loop_.get(); }

    void turn(std::chrono::milliseconds longest = {}) {
        wl_event_loop_dispatch(get(), static_cast<int>(longest.count()));
    }
    /// Turns until `condition` holds. Whether it does within patience().
    bool turn_until(const std::function<bool()>& condition) {
        using Clock = std::chrono::steady_clock;
        const auto end = Clock::now() + patience();
        while (!condition() && Clock::now() < end)
            turn(std::chrono::milliseconds{100});
        return condition();
    }

private:
    std::unique_ptr<wl_event_loop, decltype([](wl_event_loop* l) { wl_event_loop_destroy(l); })>
        loop_{wl_event_loop_create()};
};

} // namespace test
