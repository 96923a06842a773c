#pragma once

#include "compositor/device_choice.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"
#include "wlr/wlr.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tarmac::compositor {

/// Shows pictures on cards that are there or come back after the first card has gone: wlroots
/// (0.20.2, backend/drm/monitor.c) gives up all cards with the first, and takes no other one from
/// then on; where they are named, it takes none that comes at all. Owned by Graphics; goes before
/// the session.
class ReturningCards {
public:
    /// `on_first` is called when there is a first card again, before its outputs come.
    ReturningCards(wlr_session& session, wlr_backend& backend, const DeviceChoice& choice,
                   std::function<void()> on_first);

    /// To be called when a card has come. Nothing as long as wlroots does it, or while the terminal
    /// is another's: they are taken then once it isn't.
    void take_all();

private:
    void watch_first();
    void take(const std::string& path);

    wlr_session& session_;
    wlr_backend& backend_;
    const DeviceChoice& choice_;
    std::function<void()> on_first_;
    wlr_backend* first_ = nullptr;
    bool are_left_to_us_;
    Listener first_destroyed_, activated_;
    std::optional<Timer> taking_;
};

} // namespace tarmac::compositor
