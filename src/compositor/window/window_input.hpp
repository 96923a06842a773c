#pragma once

#include "wlr/wlr.hpp"

namespace tarmac::compositor {

class Toplevel;

/// What windows need of the seat. Seat implements it; Windows keeps a pointer.
class WindowInput {
public:
    virtual ~WindowInput() = default;

    /// Sends the keys to Windows::keyboard_surface() from now on.
    virtual void follow_focus() = 0;
    /// The output that the user is busy with; nullptr if there is none.
    virtual wlr_output* output_in_use() const = 0;
    /// A client asks that its window follow the pointer, because of the button press `serial`.
    virtual void move_requested(Toplevel& window, wlr_seat_client* client,
                                std::uint32_t serial) = 0;
    virtual void resize_requested(Toplevel& window, wlr_seat_client* client, std::uint32_t serial,
                                  std::uint32_t edges) = 0;
};

} // namespace tarmac::compositor
