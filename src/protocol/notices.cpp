#include "protocol/notices.hpp"

#include "wlr/guard.hpp"

namespace tarmac {

void Notices::push(wl_client* client, std::function<void()> tell) {
    notices_.push_back({client, std::move(tell)});
    end_of_turn_.request();
}

void Notices::forget(wl_client* client) {
    std::erase_if(notices_, [client](const Notice& notice) { return notice.client == client; });
}

void Notices::tell_all() {
    while (!notices_.empty()) {
        // It may end the client, and with it what follows.
        const auto tell = std::move(notices_.front().tell);
        notices_.pop_front();
        guard(tell);
    }
}

} // namespace tarmac
