#pragma once

#include <memory>
#include <tarmac/fd.hpp>

struct wl_client;
struct wl_display;

namespace fuzz {

/// What a client hasn't read yet. To look is a system call, mostly for nothing.
struct News {
    bool is_told = false;  ///< an event was written to it, which may not be sent yet
    bool is_ended = false; ///< by the compositor
};

/// Of a client in this process.
struct Connection {
    tarmac::Fd socket; ///< the client's end
    wl_client* client; ///< until that is ended
    std::shared_ptr<News> news;
};

/// Once for a display, before connect().
void gather_news(wl_display* display);
Connection connect(wl_display* display);

} // namespace fuzz
