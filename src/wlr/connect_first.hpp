#pragma once

#include "wlr/listener.hpp"

namespace tarmac {

/// Has `listener` hear of `signal` before all others, those that are connected later too.
template <class Event>
void connect_first(Listener& listener, wl_signal& signal, std::function<void(Event*)> function) {
    listener.connect<Event>(signal, std::move(function));
    wl_list* connected = signal.listener_list.prev;
    wl_list_remove(connected);
    wl_list_insert(&signal.listener_list, connected);
}

} // namespace tarmac
