#pragma once

#include <wayland-client.h>

#include "support/raw_client.hpp"

namespace test {

/// A client's wl_pointer, and what it hears of it.
class ClientPointer {
public:
    /// `client` must outlive this.
    explicit ClientPointer(RawClient& client)
        : seat_{static_cast<wl_seat*>(client.bind_global(&wl_seat_interface, 1))}
        , pointer_{wl_seat_get_pointer(seat_)} {
        static constexpr wl_pointer_listener events = {
            .enter = [](void* data, wl_pointer*, std::uint32_t serial, wl_surface*, wl_fixed_t,
                        wl_fixed_t) { of(data).enter_serial = serial; },
            .leave = [](void*, wl_pointer*, std::uint32_t, wl_surface*) {},
            .motion = [](void* data, wl_pointer*, std::uint32_t, wl_fixed_t,
                         wl_fixed_t) { ++of(data).n_motions; },
            .button = [](void* data, wl_pointer*, std::uint32_t serial, std::uint32_t,
                         std::uint32_t, std::uint32_t) { of(data).button_serial = serial; },
            .axis = [](void*, wl_pointer*, std::uint32_t, std::uint32_t, wl_fixed_t) {},
        };
        wl_pointer_add_listener(pointer_, &events, this);
    }
    ~ClientPointer() {
        wl_pointer_destroy(pointer_);
        wl_seat_destroy(seat_);
    }
    ClientPointer(const ClientPointer&) = delete;
    ClientPointer& operator=(const ClientPointer&) = delete;

    wl_seat* seat() const { return seat_; }
    wl_pointer* get() const { return pointer_; }

    unsigned n_motions = 0;
    std::uint32_t enter_serial = 0, button_serial = 0; ///< of the last; 0: none came

private:
    static ClientPointer& of(void* data) { return *static_cast<ClientPointer*>(data); }

    wl_seat* seat_;
    wl_pointer* pointer_;
};

} // namespace test
