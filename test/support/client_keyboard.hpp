#pragma once

#include <unistd.h>
#include <wayland-client.h>

#include "support/raw_client.hpp"

namespace test {

/// A client's wl_keyboard, and what it hears of it.
class ClientKeyboard {
public:
    /// `client` must outlive this.
    explicit ClientKeyboard(RawClient& client)
        : seat_{static_cast<wl_seat*>(client.bind_global(&wl_seat_interface, 1))}
        , keyboard_{wl_seat_get_keyboard(seat_)} {
        static constexpr wl_keyboard_listener events = {
            .keymap = [](void*, wl_keyboard*, std::uint32_t, std::int32_t fd,
                         std::uint32_t) { close(fd); },
            .enter = [](void* data, wl_keyboard*, std::uint32_t, wl_surface* surface,
                        wl_array*) { of(data).focus = surface; },
            .leave = [](void* data, wl_keyboard*, std::uint32_t,
                        wl_surface*) { of(data).focus = nullptr; },
            .key = [](void* data, wl_keyboard*, std::uint32_t, std::uint32_t, std::uint32_t,
                      std::uint32_t) { ++of(data).n_keys; },
            .modifiers = [](void*, wl_keyboard*, std::uint32_t, std::uint32_t, std::uint32_t,
                            std::uint32_t, std::uint32_t) {},
        };
        wl_keyboard_add_listener(keyboard_, &events, this);
    }
    ~ClientKeyboard() {
        wl_keyboard_destroy(keyboard_);
        wl_seat_destroy(seat_);
    }
    ClientKeyboard(const ClientKeyboard&) = delete;
    ClientKeyboard& operator=(const ClientKeyboard&) = delete;

    wl_seat* seat() const { return seat_; }

    wl_surface* focus = nullptr; ///< of this client's surfaces, that which has the keyboard
    unsigned n_keys = 0;         ///< presses and releases

private:
    static ClientKeyboard& of(void* data) { return *static_cast<ClientKeyboard*>(data); }

    wl_seat* seat_;
    wl_keyboard* keyboard_;
};

} // namespace test
