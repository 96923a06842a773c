// Screens that go and come back, as at a switch of the terminal or a suspend, and those that can't
// be used at first.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <sys/resource.h>
#include <wayland-client.h>

#include "support/compositor_process.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/image_buffer.hpp"
#include "support/patience.hpp"
#include "support/virtual_card.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

/// A compositor on two screens, and a client.
struct TwoScreens {
    VirtualCard card{2};
    CompositorProcess compositor{{}, {.drm_device = card.path(), .on_screen = true}};
    RawClient client = compositor.connect(6);

    wl_output* output(unsigned nth) {
        return static_cast<wl_output*>(client.bind_global(&wl_output_interface, 1, nth));
    }
    long n_outputs() const {
        return std::ranges::count(client.globals(), std::string{wl_output_interface.name});
    }
    void plug(unsigned screen, bool is_in) {
        const long before = n_outputs();
        card.plug(screen, is_in);
        REQUIRE(client.wait_until([&] { return n_outputs() == before + (is_in ? 1 : -1); }));
    }
    /// On which the kernel shows what only clients draw in; -1: on none.
    int client_screen() const {
        for (int screen = 0; screen < 2; ++screen)
            if (card.shown_format(static_cast<unsigned>(screen)) == "RG16")
                return screen;
        return -1;
    }
    /// The one that a fullscreen window is on: that which shows its picture by itself.
    int screen_of(Window& window) {
        ImageBuffer marked{client, DRM_FORMAT_RGB565, window.width(), window.height()},
            plain{client, DRM_FORMAT_XRGB8888, window.width(), window.height()};
        for (int i = 0; i < 100 && client_screen() < 0; ++i)
            window.show(marked.get());
        const int found = client_screen();
        for (int i = 0; i < 100 && client_screen() >= 0; ++i)
            window.show(plain.get());
        return found;
    }
};

} // namespace

TEST_CASE_METHOD(TwoScreens, "a fullscreen window finds its screen again when all were gone") {
    Window first{client}, second{client};
    first.set_fullscreen(output(0));
    second.set_fullscreen(output(1));
    REQUIRE(screen_of(first) == 0);
    REQUIRE(screen_of(second) == 1);
    const int width = second.width(), height = second.height();

    SECTION("in the same order") {
        plug(0, false);
        plug(1, false);
        plug(0, true);
        plug(1, true);
    }
    SECTION("in another order") {
        plug(1, false);
        plug(0, false);
        plug(1, true);
        plug(0, true);
    }
    // Nobody was asked to be of no size.
    for (const Window* window : {&first, &second}) {
        CHECK(window->width() == width);
        CHECK(window->height() == height);
        CHECK(window->least_width() > 0);
    }
    CHECK(screen_of(first) == 0);
    CHECK(screen_of(second) == 1);
}

TEST_CASE_METHOD(TwoScreens, "a window that was on a screen is there again with it") {
    {
        // It opens where the pointer is.
        RawClient hand = compositor.connect(6);
        VirtualPointer pointer{hand};
        pointer.move_to(3, 1, 4, 2);
        REQUIRE(hand.round_trip());
    }
    Window window{client};
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 64};
    window.show(image.get());
    plug(1, false);
    window.show(image.get());
    plug(0, false);
    plug(0, true);
    plug(1, true);
    // On the screen that it is on.
    window.set_fullscreen();
    CHECK(screen_of(window) == 1);
}

TEST_CASE_METHOD(TwoScreens, "what is anchored to a screen goes with it") {
    const auto await_place = [&](wl_surface* surface, LayerSurface& layer) {
        layer.set_anchor(LayerSurface::AtTop | LayerSurface::AtLeft | LayerSurface::AtRight);
        layer.set_size(0, 10);
        layer.set_exclusive_zone(10);
        wl_surface_commit(surface);
        return client.wait_until([&] { return layer.is_configured || layer.is_closed; }) &&
               layer.is_configured;
    };
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 10};
    wl_surface* surfaces[3];
    for (wl_surface*& surface : surfaces)
        surface = wl_compositor_create_surface(client.compositor());
    LayerSurface lasting{client, surfaces[0], LayerSurface::Top, output(0)},
        fleeting{client, surfaces[1], LayerSurface::Top, output(1)};
    REQUIRE(await_place(surfaces[0], lasting));
    REQUIRE(await_place(surfaces[1], fleeting));
    for (wl_surface* surface : {surfaces[0], surfaces[1]}) {
        wl_surface_attach(surface, image.get(), 0, 0);
        wl_surface_commit(surface);
    }
    plug(1, false);
    REQUIRE(client.wait_for(fleeting.is_closed));
    CHECK_FALSE(lasting.is_closed);
    // What the client still asks for, it asks in vain.
    fleeting.set_margin(1, 1, 1, 1);
    wl_surface_commit(surfaces[1]);
    CHECK(client.round_trip());
    plug(0, false);
    REQUIRE(client.wait_for(lasting.is_closed));
    // There is nowhere that it could be.
    LayerSurface nowhere{client, surfaces[2]};
    CHECK_FALSE(await_place(surfaces[2], nowhere));
    plug(0, true);
    CHECK(compositor.process().is_running());
}

TEST_CASE_METHOD(TwoScreens, "a picture that a screen couldn't show is tried again") {
    RawClient hand = compositor.connect(6);
    VirtualPointer pointer{hand};
    pointer.move_to(1, 1, 4, 2);
    Window window{client};
    window.set_fullscreen(output(1));
    ImageBuffer image{client, DRM_FORMAT_RGB565, window.width(), window.height()};
    while (card.shown_format(1) != "RG16")
        window.show(image.get());

    // The pointer has to be drawn, and no descriptor is left for what that takes.
    const rlimit none{1, 4096};
    rlimit before;
    const pid_t pid = compositor.process().pid();
    REQUIRE(prlimit(pid, RLIMIT_NOFILE, &none, &before) == 0);
    pointer.move_to(3, 1, 4, 2);
    REQUIRE(hand.round_trip());
    compositor.process().await_line("wlroots: error");
    CHECK(card.shown_format(1) == "RG16");
    REQUIRE(prlimit(pid, RLIMIT_NOFILE, &before, nullptr) == 0);
    const auto end = std::chrono::steady_clock::now() + patience();
    while (card.shown_format(1) != "XR24" && std::chrono::steady_clock::now() < end)
        REQUIRE(hand.round_trip());
    CHECK(card.shown_format(1) == "XR24");
}
