#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <wayland-server-core.h>

#include "wlr/guard.hpp"

namespace tarmac {

/// Calls a function at the end of the turn of the event loop in which that was asked for: once,
/// however often it was. Stays where it is in memory, since the event loop points to it. The
/// function may ask again, and destroy it.
class EndOfTurn {
public:
    EndOfTurn(wl_event_loop* loop, std::function<void()> function)
        : loop_{loop}, function_{std::make_shared<std::function<void()>>(std::move(function))} {}
    EndOfTurn(const EndOfTurn&) = delete;
    EndOfTurn& operator=(const EndOfTurn&) = delete;
    ~EndOfTurn() { cancel(); }

    /// At once if there is no memory left.
    void request() noexcept {
        if (source_)
            return;
        source_ = wl_event_loop_add_idle(
            loop_, [](void* self) { static_cast<EndOfTurn*>(self)->call(); }, this);
        if (!source_)
            call();
    }
    /// Has to be called before the event loop is destroyed, which frees nothing of it.
    void cancel() noexcept {
        if (source_)
            wl_event_source_remove(std::exchange(source_, nullptr));
    }

private:
    void call() noexcept {
        source_ = nullptr;
        const auto function = function_;
        guard(*function);
    }

    wl_event_loop* loop_;
    std::shared_ptr<std::function<void()>> function_;
    wl_event_source* source_ = nullptr;
};

} // namespace tarmac
