// Bars, wallpapers, launchers and notifications, and what they mean to windows.

#include <catch2/catch_test_macros.hpp>
#include <linux/input-event-codes.h>
#include <optional>
#include <wayland-client.h>

#include "support/client_keyboard.hpp"
#include "support/color_buffer.hpp"
#include "support/compositor_process.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/picture.hpp"
#include "support/window.hpp"
#include "viewporter-client-protocol.h"
#include "xdg-shell-client-protocol.h"

using namespace test;

namespace {

constexpr int Width = 320, Height = 240, BarHeight = 24;
constexpr Pixel Red{255, 0, 0}, Green{0, 255, 0}, Blue{0, 0, 255}, White{255, 255, 255};
constexpr std::uint32_t AtTop = LayerSurface::AtTop | LayerSurface::AtLeft | LayerSurface::AtRight;

/// A layer surface of one colour.
class Panel {
public:
    explicit Panel(RawClient& client, std::uint32_t layer = LayerSurface::Top)
        : client_{client}
        , surface_{wl_compositor_create_surface(client.compositor())}
        , viewport_{wp_viewporter_get_viewport(
              static_cast<wp_viewporter*>(client.bind_global(&wp_viewporter_interface, 1)),
              surface_)}
        , shell{client, surface_, layer} {}
    ~Panel() { wp_viewport_destroy(viewport_); }

    wl_surface* surface() const { return surface_; }
    void commit() { wl_surface_commit(surface_); }
    /// In the size that it is configured to, once it is.
    void show(const Pixel& color) {
        commit();
        const bool is_configured = client_.wait_for(shell.is_configured);
        INFO(client_.connection());
        REQUIRE(is_configured);
        wp_viewport_set_destination(viewport_, static_cast<int>(shell.width),
                                    static_cast<int>(shell.height));
        wl_surface_attach(surface_, make_color(client_, color), 0, 0);
        commit();
        REQUIRE(client_.round_trip());
    }
    void hide() {
        wl_surface_attach(surface_, nullptr, 0, 0);
        commit();
        shell.is_configured = false;
        client_.round_trip();
    }
    void move_to_top(std::int32_t zone) {
        shell.set_anchor(AtTop);
        shell.set_size(0, BarHeight);
        shell.set_exclusive_zone(zone);
    }

private:
    RawClient& client_;
    wl_surface* surface_;
    wp_viewport* viewport_;

public:
    LayerSurface shell;
};

/// A client that has a window, and one with bars.
struct Desktop {
    CompositorProcess compositor{{"--size", "320x240"}};
    RawClient client = compositor.connect(6), panels = compositor.connect(6);
    Window window{client};

    Pixel seen_at(int x, int y) const { return take_screenshot(compositor.socket()).at(x, y); }
    bool await_height(int height) {
        return client.wait_until([&] { return window.height() == height; });
    }
    /// In the size that the compositor wants it to have.
    void show(Window& shown, const Pixel& color) {
        shown.set_size(shown.width(), shown.height());
        shown.show(make_color(client, color));
    }
};

/// A popup of a layer surface, 10x10.
class PanelPopup {
public:
    PanelPopup(RawClient& client, Panel& parent)
        : surface_{wl_compositor_create_surface(client.compositor())}
        , base_{static_cast<xdg_wm_base*>(client.bind_global(&xdg_wm_base_interface, 3))}
        , shell_{xdg_wm_base_get_xdg_surface(base_, surface_)} {
        popup_ = make_popup(shell_, nullptr);
        static constexpr xdg_surface_listener surface_events = {
            .configure =
                [](void* data, xdg_surface* shell, std::uint32_t serial) {
                    xdg_surface_ack_configure(shell, serial);
                    static_cast<PanelPopup*>(data)->is_configured_ = true;
                },
        };
        static constexpr xdg_popup_listener popup_events = {
            .configure = [](void*, xdg_popup*, std::int32_t, std::int32_t, std::int32_t,
                            std::int32_t) {},
            .popup_done = [](void* data,
                             xdg_popup*) { static_cast<PanelPopup*>(data)->is_done = true; },
            .repositioned = [](void*, xdg_popup*, std::uint32_t) {},
        };
        xdg_surface_add_listener(shell_, &surface_events, this);
        xdg_popup_add_listener(popup_, &popup_events, this);
        parent.shell.add_popup(popup_);
        wl_surface_commit(surface_);
        REQUIRE(client.wait_for(is_configured_));
        auto* viewporter =
            static_cast<wp_viewporter*>(client.bind_global(&wp_viewporter_interface, 1));
        wp_viewport_set_destination(wp_viewporter_get_viewport(viewporter, surface_), 10, 10);
        wl_surface_attach(surface_, make_color(client, Blue), 0, 0);
        wl_surface_commit(surface_);
        REQUIRE(client.round_trip());
    }
    xdg_popup* get() const { return popup_; }
    /// A popup of this one, which may have been dismissed.
    void add_child(RawClient& client) {
        wl_surface* surface = wl_compositor_create_surface(client.compositor());
        make_popup(xdg_wm_base_get_xdg_surface(base_, surface), shell_);
        wl_surface_commit(surface);
    }
    bool is_done = false;

private:
    xdg_popup* make_popup(xdg_surface* of, xdg_surface* parent) const {
        xdg_positioner* positioner = xdg_wm_base_create_positioner(base_);
        xdg_positioner_set_size(positioner, 10, 10);
        xdg_positioner_set_anchor_rect(positioner, 30, 0, 1, BarHeight);
        xdg_positioner_set_anchor(positioner, XDG_POSITIONER_ANCHOR_BOTTOM);
        xdg_positioner_set_gravity(positioner, XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT);
        return xdg_surface_get_popup(of, parent, positioner);
    }

    wl_surface* surface_;
    xdg_wm_base* base_;
    xdg_surface* shell_;
    xdg_popup* popup_ = nullptr;
    bool is_configured_ = false;
};

} // namespace

TEST_CASE_METHOD(Desktop, "bars are beside windows, and fullscreen windows above them") {
    window.set_maximized();
    CHECK(window.height() == Height);
    show(window, Red);

    Panel bar{panels};
    bar.move_to_top(BarHeight);
    bar.show(Green);
    CHECK(bar.shell.width == Width);
    REQUIRE(await_height(Height - BarHeight));
    CHECK(window.width() == Width);
    show(window, Red);
    CHECK(seen_at(Width / 2, BarHeight - 1) == Green);
    CHECK(seen_at(Width / 2, BarHeight) == Red);
    CHECK(seen_at(Width / 2, Height - 1) == Red);

    // The next one is beside the first.
    Panel side{panels, LayerSurface::Bottom};
    side.shell.set_anchor(LayerSurface::AtLeft | LayerSurface::AtTop | LayerSurface::AtBottom);
    side.shell.set_size(20, 0);
    side.shell.set_margin(0, 5, 0, 0);
    side.shell.set_exclusive_zone(20);
    side.show(White);
    CHECK(side.shell.height == Height - BarHeight);
    REQUIRE(client.wait_until([&] { return window.width() == Width - 20; }));
    show(window, Red);
    CHECK(seen_at(19, Height / 2) == White);
    CHECK(seen_at(20, Height / 2) == Red);
    side.hide();
    REQUIRE(client.wait_until([&] { return window.width() == Width; }));
    show(window, Red);

    {
        const PanelPopup menu{panels, bar};
        CHECK(seen_at(31, BarHeight + 1) == Blue);
        CHECK(seen_at(45, BarHeight + 1) == Red);
    }

    Panel notice{panels, LayerSurface::Overlay};
    notice.shell.set_size(40, 40);
    notice.show(Blue);
    CHECK(seen_at(Width / 2, BarHeight / 2) == Green);

    window.set_fullscreen();
    CHECK(window.height() == Height);
    show(window, Red);
    CHECK(seen_at(10, BarHeight / 2) == Red);
    CHECK(seen_at(Width / 2, BarHeight + (Height - BarHeight) / 2) == Blue);
    {
        // What is above that window is among the bars again.
        Window other{client};
        other.set_size(50, 50);
        other.show(make_color(client, White));
        CHECK(seen_at(10, BarHeight / 2) == Green);
        CHECK(seen_at(Width - 1, Height - 1) == Red);
    }
    REQUIRE(client.round_trip());
    CHECK(seen_at(10, BarHeight / 2) == Red);
    window.unset_fullscreen();
    REQUIRE(await_height(Height - BarHeight));
    show(window, Red);
    CHECK(seen_at(10, BarHeight / 2) == Green);

    // Below the windows.
    bar.shell.set_layer(LayerSurface::Background);
    bar.shell.set_exclusive_zone(-1);
    bar.commit();
    REQUIRE(panels.round_trip());
    REQUIRE(await_height(Height));
    show(window, Red);
    CHECK(seen_at(10, BarHeight / 2) == Red);
}

TEST_CASE_METHOD(Desktop, "bars take no more than they are granted, and no time from others") {
    window.set_maximized();
    show(window, Red);
    {
        Panel greedy{panels};
        greedy.move_to_top(Height);
        greedy.show(Green);
        Panel modest{panels};
        modest.move_to_top(BarHeight);
        modest.show(Green);
        REQUIRE(await_height(Height - BarHeight));
    }
    // Goes with what took it.
    REQUIRE(panels.round_trip());
    REQUIRE(await_height(Height));

    // One that reads nothing isn't told of each change, of which there can be any number.
    RawClient restless = compositor.connect(6);
    Panel bar{panels}, changing{restless};
    bar.shell.set_anchor(AtTop | LayerSurface::AtBottom);
    bar.show(White);
    CHECK(bar.shell.height == Height);
    changing.move_to_top(1);
    changing.show(Green);
    const unsigned before = bar.shell.n_configures;
    for (int i = 0; i < 100; ++i) {
        changing.shell.set_exclusive_zone(1 + i % 50);
        changing.commit();
        REQUIRE(restless.round_trip());
    }
    REQUIRE(panels.round_trip());
    CHECK(bar.shell.n_configures <= before + 1);
    // In the end it knows all the same.
    bar.commit();
    CHECK(panels.wait_until([&] { return bar.shell.height == Height - 50; }));
}

TEST_CASE_METHOD(Desktop, "bars get the keyboard when they ask for it or the user does") {
    RawClient hand = compositor.connect(6);
    const VirtualKeyboard keys{hand};
    VirtualPointer pointer{hand};
    REQUIRE(hand.round_trip());
    REQUIRE(client.round_trip());
    const ClientKeyboard of_windows{client}, of_panels{panels};
    const auto click = [&](unsigned x, unsigned y) {
        pointer.move_to(x, y, Width, Height);
        pointer.press(BTN_LEFT);
        pointer.press(BTN_LEFT, false);
        REQUIRE(hand.round_trip());
        REQUIRE(client.round_trip());
        REQUIRE(panels.round_trip());
    };
    window.set_maximized();
    show(window, Red);
    REQUIRE(client.wait_until([&] { return of_windows.focus == window.surface(); }));

    Panel bar{panels};
    bar.move_to_top(BarHeight);
    bar.show(Green);
    click(10, 10);
    CHECK(of_windows.focus == window.surface());
    CHECK(of_panels.focus == nullptr);
    bar.shell.set_keyboard(LayerSurface::OnDemand);
    bar.commit();
    REQUIRE(panels.round_trip());
    click(10, 10);
    CHECK(of_panels.focus == bar.surface());
    CHECK(of_windows.focus == nullptr);
    {
        Window other{client};
        other.set_size(50, 50);
        other.show(make_color(client, White));
        CHECK(client.wait_until([&] { return of_windows.focus == other.surface(); }));
        click(10, 10);
        CHECK(of_panels.focus == bar.surface());
    }
    // What closes by itself takes the keys from nobody.
    REQUIRE(client.round_trip());
    REQUIRE(panels.round_trip());
    CHECK(of_panels.focus == bar.surface());
    click(10, Height / 2);
    CHECK(of_panels.focus == nullptr);
    CHECK(of_windows.focus == window.surface());
    {
        Panel launcher{panels, LayerSurface::Overlay};
        launcher.shell.set_size(40, 40);
        launcher.shell.set_keyboard(LayerSurface::Exclusive);
        launcher.show(Blue);
        CHECK(panels.wait_until([&] { return of_panels.focus == launcher.surface(); }));
        click(10, Height / 2);
        CHECK(of_panels.focus == launcher.surface());
        CHECK(of_windows.focus == nullptr);
    }
    CHECK(panels.round_trip());
    CHECK(client.wait_until([&] { return of_windows.focus == window.surface(); }));
}

TEST_CASE_METHOD(Desktop, "a popup that was dismissed and is put onto a bar ends no compositor") {
    Panel bar{panels};
    bar.move_to_top(BarHeight);
    bar.show(Green);
    PanelPopup menu{panels, bar};
    bar.hide();
    REQUIRE(panels.wait_for(menu.is_done));
    bar.shell.add_popup(menu.get());
    panels.round_trip();
    CHECK(client.round_trip());
    CHECK(compositor.process().is_running());
}

TEST_CASE_METHOD(Desktop, "a popup whose bar has gone is nowhere to put a popup") {
    std::optional<Panel> bar{std::in_place, panels};
    bar->move_to_top(BarHeight);
    bar->show(Green);
    PanelPopup menu{panels, *bar};
    bar.reset();
    REQUIRE(panels.wait_for(menu.is_done));
    menu.add_child(panels);
    panels.round_trip();
    CHECK(client.round_trip());
    CHECK(compositor.process().is_running());
}
