// A client that reads nothing for a while: stopped in a debugger, swapped out, or asleep.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>

#include "support/client_pointer.hpp"
#include "support/compositor_process.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/image_buffer.hpp"
#include "support/window.hpp"

using namespace test;

TEST_CASE("a client that reads nothing while the pointer moves on it hears of it later") {
    CompositorProcess compositor{{"--size", "320x240"}};
    RawClient hand = compositor.connect(6);
    VirtualPointer pointer{hand};
    REQUIRE(hand.round_trip());
    RawClient client = compositor.connect(6);
    Window window{client};
    const ClientPointer heard{client};
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
    CHECK(heard.n_motions >= Motions);
}
