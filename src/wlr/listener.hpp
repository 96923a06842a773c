#pragma once

#include <functional>
#include <memory>
#include <wayland-server-core.h>

#include "wlr/guard.hpp"

namespace tarmac {

/// Calls a function for every emission of a wl_signal, and stops when it goes: members of this type
/// need no line in the destructor. Stays where it is in memory, since the signal points to it.
class Listener {
public:
    Listener() noexcept {
        wl_list_init(&node_.listener.link);
        node_.self = this;
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { disconnect(); }

    /// `function` takes the signal's data as the pointer type that the signal documents, or
    /// nothing.
    template <class Data = void>
    void connect(wl_signal& signal, std::function<void(Data*)> function) {
        wl_signal_add(&signal, prepare<Data>(std::move(function)));
    }
    void connect(wl_signal& signal, std::function<void()> function) {
        connect<void>(signal, [f = std::move(function)](void*) { f(); });
    }
    /// For what libwayland takes a listener of instead of offering a signal.
    template <class Data>
    wl_listener* prepare(std::function<void(Data*)> function) {
        auto call = std::make_shared<std::function<void(void*)>>(
            [f = std::move(function)](void* data) { f(static_cast<Data*>(data)); });
        // Without memory it listens to what it did before.
        disconnect();
        function_ = std::move(call);
        node_.listener.notify = [](wl_listener* listener, void* data) {
            // The function may destroy this listener: keep the function until it returns.
            auto call = reinterpret_cast<Node*>(listener)->self->function_;
            guard([&] { (*call)(data); });
        };
        return &node_.listener;
    }
    wl_listener* prepare(std::function<void()> function) {
        return prepare<void>([f = std::move(function)](void*) { f(); });
    }

    void disconnect() noexcept {
        wl_list_remove(&node_.listener.link);
        wl_list_init(&node_.listener.link);
    }

private:
    // Plain, so that the way back from the wl_listener is well defined.
    struct Node {
        wl_listener listener;
        Listener* self;
    };

    Node node_{};
    std::shared_ptr<std::function<void(void*)>> function_;
};

} // namespace tarmac
