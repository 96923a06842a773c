// A client that reads nothing for a while: stopped in a debugger, swapped out, or asleep.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <wayland-client.h>

#include "support/compositor_process.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/image_buffer.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

/// What a client hears of the pointer.
class Ear {
public:
    explicit Ear(RawClient& client)
        : seat_{static_cast<wl_seat*>(client.bind_global(&wl_seat_interface, 1))}
        , pointer_{wl_seat_get_pointer(seat_)} {
        static constexpr wl_pointer_listener events = {
            .enter = [](void*, wl_pointer*, std::uint32_t, wl_surface*, wl_fixed_t, wl_fixed_t) {},
            .leave = [](void*, wl_pointer*, std::uint32_t, wl_surface*) {},
            .motion = [](void* data, wl_pointer*, std::uint32_t, wl_fixed_t,
                         wl_fixed_t) { ++static_cast<Ear*>(data)->n_motions; },
            .button = [](void*, wl_pointer*, std::uint32_t, std::uint32_t, std::uint32_t,
                         std::uint32_t) {},
            .axis = [](void*, wl_pointer*, std::uint32_t, std::uint32_t, wl_fixed_t) {},
        };
        wl_pointer_add_listener(pointer_, &events, this);
    }
    ~Ear() {
        wl_pointer_destroy(pointer_);
        wl_seat_destroy(seat_);
    }
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;

    unsigned n_motions = 0;

private:
    wl_seat* seat_;
    wl_pointer* pointer_;
};

} // namespace

TEST_CASE("a client that reads nothing while the pointer moves on it hears of it later") {
    CompositorProcess compositor{{"--size", "320x240"}};
    RawClient hand = compositor.connect(6);
    VirtualPointer pointer{hand};
    REQUIRE(hand.round_trip());
    RawClient client = compositor.connect(6);
    Window window{client};
    Ear ear{client};
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 320, 240};
    window.set_fullscreen();
    window.show(image.get());
    REQUIRE(client.round_trip());

    // As a mouse moves: each is sent at once. They are more than the socket takes.
    constexpr unsigned Motions = 800;
    for (unsigned i = 0; i < Motions; ++i) {
        pointer.move_to(i % 320, i % 240, 320, 240);
        REQUIRE(hand.round_trip());
    }
    CHECK(client.round_trip());
    CHECK(ear.n_motions >= Motions);
}
