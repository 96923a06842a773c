// What a compositor has to do by itself that draws without wlr_scene, drawer.c.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <wayland-client.h>

#include "clients/programs.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_pointer.hpp"
#include "support/color_surface.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/virtual_card.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

Stage drawer_stage(const std::string& renderer) {
    Stage stage = stage_of(renderer);
    stage.program = TARMAC_DRAWER;
    // A headless screen shows nobody what it takes for its own plane.
    stage.environment.push_back("WLR_NO_HARDWARE_CURSORS=1");
    return stage;
}

constexpr Pixel Red{255, 0, 0}, Blue{0, 0, 255};

void fill(ImageBuffer& image, const Box& box, const Pixel& color) {
    image.fill(box, {{color.blue, color.green, color.red, 255}});
}

struct Drawn {
    CompositorProcess compositor{{}, drawer_stage(GENERATE("gles2", "vulkan", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};

    /// What is seen once there is `color` at that place.
    Picture await_color(int x, int y, const Pixel& color) {
        return await_picture(
            compositor, [&](const Picture& seen) { return distance(seen.at(x, y), color) <= 2; });
    }
};

} // namespace

TEST_CASE_METHOD(Drawn, "a compositor that draws by itself turns inverted pictures") {
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 64,
                      ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT};
    fill(image, {0, 0, 64, 32}, Red);
    fill(image, {0, 32, 64, 32}, Blue);
    window.show(image.get());
    const Picture screen = await_color(32, 16, Blue);
    CHECK(screen.at(32, 16) == Blue);
    CHECK(screen.at(32, 48) == Red);
}

TEST_CASE_METHOD(Drawn, "a compositor that draws by itself draws the pointer's surface") {
    ImageBuffer background{client, DRM_FORMAT_XRGB8888, 256, 256};
    fill(background, background.whole(), Blue);
    window.show(background.get());
    ClientPointer heard{client};
    client.round_trip();
    RawClient hand = compositor.connect(6);
    VirtualPointer pointer{hand};
    const Picture before = await_color(100, 60, Blue);
    pointer.move_to(100, 60, static_cast<std::uint32_t>(before.width),
                    static_cast<std::uint32_t>(before.height));
    hand.round_trip();
    REQUIRE(client.wait_until([&] { return heard.enter_serial != 0; }));

    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 16, 16};
    fill(image, image.whole(), Red);
    wl_surface* cursor = wl_compositor_create_surface(client.compositor());
    wl_pointer_set_cursor(heard.get(), heard.enter_serial, cursor, 4, 2);
    wl_surface_attach(cursor, image.get(), 0, 0);
    wl_surface_damage_buffer(cursor, 0, 0, 16, 16);
    wl_surface_commit(cursor);
    client.round_trip();
    const Picture screen = await_color(100, 60, Red);
    const Box seen = screen.bounds({0, 0, 256, 256}, [](const Pixel& at) { return at == Red; });
    CHECK(seen.x == 96);
    CHECK(seen.y == 58);
    CHECK(seen.width == 16);
    CHECK(seen.height == 16);

    wl_surface_destroy(cursor);
    client.round_trip();
    CHECK(await_color(100, 60, Blue).at(100, 60) == Blue);
}

TEST_CASE("a compositor that draws by itself shows the colours that clients name") {
    // wlroots' others know one encoding.
    CompositorProcess compositor{{}, drawer_stage("vulkan")};
    RawClient client = compositor.connect(6);
    Window window{client};
    ColorSurface colors{client, window.surface()};
    ImageBuffer image{client, DRM_FORMAT_YUV444, 64, 48};
    image.fill(image.whole(), {{120}, {90}, {190}});
    colors.set_coefficients(WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
                            WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED);
    window.show(image.get());
    // By BT.601 it would be #dc562c.
    constexpr Pixel Defined{232, 96, 41};
    const Picture screen = await_picture(
        compositor, [&](const Picture& seen) { return distance(seen.at(32, 24), Defined) <= 2; });
    INFO(to_string(screen.at(32, 24)));
    CHECK(distance(screen.at(32, 24), Defined) <= 2);
}

TEST_CASE("a compositor that draws by itself has its screen show what fills that") {
    VirtualCard card{1};
    Stage stage = drawer_stage("gles2");
    stage.drm_device = card.path();
    stage.on_screen = true;
    CompositorProcess compositor{{}, stage};
    RawClient client = compositor.connect(6);
    Window window{client};
    const ToldFeedback& told = client.feedback(window.surface());
    window.set_fullscreen();
    REQUIRE(client.wait_until(
        [&] { return !told.tranches.empty() && told.tranches.front().flags == 1; }));
    CHECK(told.tranches.front().device == card.device());

    // The compositor itself never draws in this format.
    ImageBuffer image{client, DRM_FORMAT_RGB565, window.width(), window.height()};
    window.show(image.get());
    CHECK(card.shown_format(0) == "RG16");

    RawClient other_client = compositor.connect(6);
    Window other{other_client};
    ImageBuffer small{other_client, DRM_FORMAT_XRGB8888, 64, 64};
    other.show(small.get());
    CHECK(card.shown_format(0) == "XR24");
}
