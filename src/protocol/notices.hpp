#pragma once

#include <deque>
#include <functional>

#include "wlr/end_of_turn.hpp"

struct wl_client;
struct wl_event_loop;

namespace tarmac {

/// What the embedder is told at the end of a turn of the event loop, when it may end the client
/// that it is told of: within a request of the client's, libwayland wouldn't survive that.
class Notices {
public:
    explicit Notices(wl_event_loop* loop) : end_of_turn_{loop, [this] { tell_all(); }} {}
    Notices(const Notices&) = delete;
    Notices& operator=(const Notices&) = delete;

    /// `tell` isn't called if the client goes first.
    void push(wl_client* client, std::function<void()> tell);
    void forget(wl_client* client);

private:
    struct Notice {
        wl_client* client;
        std::function<void()> tell;
    };

    void tell_all();

    std::deque<Notice> notices_;
    EndOfTurn end_of_turn_;
};

} // namespace tarmac
