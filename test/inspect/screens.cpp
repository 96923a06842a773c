// What tarmac-inspect says of pictures that a screen shows by itself.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>

#include "inspect/inspected_compositor.hpp"
#include "support/image_buffer.hpp"
#include "support/virtual_card.hpp"
#include "support/window.hpp"

using namespace test;
using Json = nlohmann::json;

TEST_CASE("tarmac-inspect tells what a screen shows without a copy, and why not what it doesn't") {
    VirtualCard card{1};
    InspectedCompositor compositor{{.drm_device = card.path(), .on_screen = true}};
    RawClient client = compositor.get().connect(6);
    Window window{client};
    const ToldFeedback& told = client.feedback(window.surface());
    const auto output = [&] {
        const Json surfaces = compositor.look("buffers")["surfaces"];
        REQUIRE(surfaces.size() == 1);
        REQUIRE(surfaces[0]["outputs"].size() == 1);
        return surfaces[0]["outputs"][0];
    };
    const ImageBuffer small{client, DRM_FORMAT_XRGB8888, 64, 48};
    window.show(small.get());
    Json seen = output();
    CHECK(seen["name"] == card.connector());
    CHECK(seen["scanned_out"] == false);
    CHECK(seen["reason"] != "");

    window.set_fullscreen();
    const ImageBuffer drawn{client, DRM_FORMAT_XRGB8888, window.width(), window.height()};
    window.show(drawn.get());
    REQUIRE(client.wait_until([&] { return told.times == 2; }));
    // The compositor itself never draws in this format.
    const ImageBuffer large{client, DRM_FORMAT_RGB565, window.width(), window.height()};
    window.show(large.get());
    REQUIRE(card.shown_format(0) == "RG16");
    seen = output();
    CHECK(seen["scanned_out"] == true);
    CHECK(seen["reason"] == "");
    CHECK(compositor.say("buffers").contains(card.connector() + "*"));

    window.unset_fullscreen();
    window.show(small.get());
    CHECK(output()["scanned_out"] == false);
}
