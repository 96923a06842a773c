#pragma once

#include "wlr/listener.hpp"
#include "wlr/timer.hpp"
#include "wlr/wlr.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tarmac::compositor {

/// Shows pictures on cards that are there or come back after the first card has gone: wlroots
/// (0.20.2, backend/drm/monitor.c) gives up all cards with the first, and takes no other one from
/// then on. Owned by Graphics; goes before the session.
class ReturningCards {
public:
    /// `may_use` is asked for every card, by its path. `on_first` is called when there is a first
    /// one again, before its outputs come.
    ReturningCards(wlr_session& session, wlr_backend& backend,
                   std::function<bool(const std::string&)> may_use, std::function<void()> on_first);

    /// To be called when a card has come. Nothing as long as wlroots does it.
    void take_all();

private:
    void watch_first();
    void take(const std::string& path);

    wlr_session& session_;
    wlr_backend& backend_;
    std::function<bool(const std::string&)> may_use_;
    std::function<void()> on_first_;
    wlr_backend* first_ = nullptr;
    bool has_lost_first_ = false; ///< at any time
    Listener first_destroyed_, activated_;
    std::optional<Timer> taking_;
};

} // namespace tarmac::compositor
