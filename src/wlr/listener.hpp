#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <wayland-server-core.h>

#include "wlr/guard.hpp"

namespace tarmac {

/// Calls a function for every emission of a wl_signal, and stops when it goes: members of this type
/// need no line in the destructor. Stays where it is in memory, since the signal points to it.
class Listener : wl_listener {
public:
    Listener() noexcept : wl_listener{} { wl_list_init(&link); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() {
        disconnect();
        drop();
    }

    /// `function` takes the signal's data as the pointer type that the signal documents, or
    /// nothing.
    template <class Data = void, class Function>
    void connect(wl_signal& signal, Function function) {
        wl_signal_add(&signal, prepare<Data>(std::move(function)));
    }
    /// For what libwayland takes a listener of instead of offering a signal.
    template <class Data = void, class Function>
    wl_listener* prepare(Function function) {
        // Without memory it listens to what it did before.
        Kept kept = keep(std::move(function));
        disconnect();
        drop();
        kept_ = kept;
        notify = [](wl_listener* listener, void* data) {
            // The function may destroy this listener: keep the function until it returns.
            auto function = function_in<Function>(static_cast<Listener*>(listener)->kept_);
            guard([&] {
                if constexpr (std::is_invocable_v<Function&>)
                    std::invoke(*function);
                else
                    std::invoke(*function, static_cast<Data*>(data));
            });
        };
        return this;
    }

    void disconnect() noexcept {
        wl_list_remove(&link);
        wl_list_init(&link);
    }

private:
    /// A function: in its place if it is as small as most are, which have `this` alone.
    struct Kept {
        union {
            std::byte small[sizeof(void*)];
            void* large;
        };
        void (*destroy)(void* large);
    };

    template <class Function>
    static constexpr bool IsSmall =
        sizeof(Function) <= sizeof(void*) && std::is_trivially_copyable_v<Function>;

    template <class Function>
    static Kept keep(Function&& function) {
        Kept kept{};
        if constexpr (IsSmall<Function>) {
            new (kept.small) Function{std::move(function)};
        } else {
            using Shared = std::shared_ptr<Function>;
            kept.large = new Shared{std::make_shared<Function>(std::move(function))};
            kept.destroy = [](void* large) { delete static_cast<Shared*>(large); };
        }
        return kept;
    }
    /// What points to the function and keeps it.
    template <class Function>
    static auto function_in(const Kept& kept) noexcept {
        if constexpr (IsSmall<Function>)
            return std::optional{*reinterpret_cast<const Function*>(kept.small)};
        else
            return *static_cast<std::shared_ptr<Function>*>(kept.large);
    }
    void drop() noexcept {
        if (kept_.destroy)
            kept_.destroy(kept_.large);
    }

    Kept kept_{};
};

} // namespace tarmac
