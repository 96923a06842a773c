#include "protocol/notices.hpp"

#include <wayland-server-core.h>

namespace tarmac {

Notices::~Notices() {
    if (end_of_turn_)
        wl_event_source_remove(end_of_turn_);
}

void Notices::push(wl_client* client, std::function<void()> tell) {
    notices_.push_back({client, std::move(tell)});
    if (!end_of_turn_)
        end_of_turn_ = wl_event_loop_add_idle(
            loop_, [](void* self) { static_cast<Notices*>(self)->tell_all(); }, this);
}

void Notices::forget(wl_client* client) {
    std::erase_if(notices_, [client](const Notice& notice) { return notice.client == client; });
}

void Notices::tell_all() {
    end_of_turn_ = nullptr;
    while (!notices_.empty()) {
        // It may end the client, and with it what follows.
        const auto tell = std::move(notices_.front().tell);
        notices_.pop_front();
        tell();
    }
}

} // namespace tarmac
