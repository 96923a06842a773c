#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <tarmac/dmabuf.hpp>

#include "ready/fence_watch.hpp"
#include "wlr/end_of_turn.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"

namespace tarmac {

/// Memory whose owner wants to know when nobody reads it any more. For the thread of the event
/// loop.
class Loan {
public:
    Loan(wl_event_loop* loop, std::function<void()> on_unused);
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    /// `image`, for whoever reads it. Once begun, `loan` is over when the last of them has let go
    /// of it, and those who read it at that moment (a GPU, a screen) have finished, as fences say.
    static std::shared_ptr<const Dmabuf> lend(Dmabuf image, std::shared_ptr<Loan> loan);
    /// Without it nothing is ever told.
    static void begin(const std::shared_ptr<Loan>& loan);
    /// Nobody reads it any more: that is told from the event loop.
    static void end(std::shared_ptr<Loan> loan);

private:
    /// It is told at once if there is no memory to wait with.
    static void await_end(std::shared_ptr<Loan> loan) noexcept;
    void await_readers();
    void tell() noexcept;

    wl_event_loop* loop_; ///< nullptr once it is gone
    std::function<void()> on_unused_;
    bool is_begun_ = false;
    // While the end is awaited:
    std::shared_ptr<Loan> self_;
    std::unique_ptr<const Dmabuf> image_;
    std::optional<FenceWatch> watch_;
    FenceWatch::Ticket readers_;
    std::optional<Timer> again_;
    std::optional<EndOfTurn> soon_;
    Listener loop_gone_;
};

} // namespace tarmac
