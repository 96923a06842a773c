#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <tarmac/fd.hpp>
#include <unordered_map>

struct wl_client;
struct wl_event_loop;
struct wl_event_source;

namespace tarmac {

/// Imports that wait for a moment in which no request does: each turn of the event loop runs as many
/// as its budget allows, at least one, and every client gets its turn before one gets a second.
class ImportQueue {
    using Work = std::move_only_function<void()>;

public:
    /// A place in the queue. Given up, the work isn't done.
    class Ticket {
    public:
        Ticket() = default;
        /// Does the work at once, if it hasn't been done.
        void redeem();

    private:
        friend ImportQueue;
        explicit Ticket(std::shared_ptr<Work> work) : work_{std::move(work)} {}
        std::shared_ptr<Work> work_;
    };

    ImportQueue(wl_event_loop* loop, std::chrono::nanoseconds budget);
    ~ImportQueue();
    ImportQueue(const ImportQueue&) = delete;
    ImportQueue& operator=(const ImportQueue&) = delete;

    /// Work of one client is done in the order in which it came. It may destroy its ticket.
    [[nodiscard]] Ticket push(wl_client* client, Work work);
    /// Does all that waits.
    void finish();

private:
    using Waiting = std::deque<std::weak_ptr<Work>>;

    void take_turn();
    void do_next();
    void set_ready(bool ready);

    std::chrono::nanoseconds budget_;
    Fd ready_; ///< an eventfd, readable while something waits
    wl_event_source* source_;
    std::unordered_map<wl_client*, Waiting> waiting_;
    std::deque<wl_client*> order_; ///< the clients of waiting_, next first
};

} // namespace tarmac
