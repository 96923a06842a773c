// Sizes and positions as large as the protocols can name them.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdint>
#include <drm_fourcc.h>
#include <linux/input-event-codes.h>
#include <ranges>
#include <vector>
#include <wayland-client.h>

#include "single-pixel-buffer-v1-client-protocol.h"
#include "support/client_pointer.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/image_buffer.hpp"
#include "support/picture.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"
#include "xdg-shell-client-protocol.h"

using namespace test;

namespace {

constexpr std::int32_t Most = INT32_MAX, Least = INT32_MIN;
constexpr int Width = 320, Height = 240;

/// A client that does as it likes, and a hand that moves the pointer.
struct Hostile {
    RawClient client, hand;
    VirtualPointer mouse{hand};
    ClientPointer heard;
    Window window{client};
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 64};
    wl_buffer* pixel;
    wl_subcompositor* subcompositor;
    std::vector<std::unique_ptr<LayerSurface>> layers;

    explicit Hostile(const CompositorProcess& compositor)
        : client{6, compositor.open_socket()}
        , hand{6, compositor.open_socket()}
        , heard{seated(client, hand)}
        , pixel{make_pixel(client)}
        , subcompositor{
              static_cast<wl_subcompositor*>(client.bind_global(&wl_subcompositor_interface, 1))} {}

    /// Once there is a pointer.
    static RawClient& seated(RawClient& client, RawClient& hand) {
        hand.round_trip();
        return client;
    }
    static wl_buffer* make_pixel(RawClient& client) {
        auto* manager = static_cast<wp_single_pixel_buffer_manager_v1*>(
            client.bind_global(&wp_single_pixel_buffer_manager_v1_interface, 1));
        return wp_single_pixel_buffer_manager_v1_create_u32_rgba_buffer(
            manager, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX);
    }

    void show(wl_surface* surface, wl_buffer* buffer) {
        wl_surface_attach(surface, buffer, 0, 0);
        wl_surface_damage(surface, Least, Least, Most, Most);
        wl_surface_damage(surface, 0, 0, Most, Most);
        wl_surface_commit(surface);
    }
    void show(wl_buffer* buffer) { show(window.surface(), buffer); }

    /// A child of the window at `x`, `y` that shows `buffer`.
    wl_surface* add_child(wl_surface* parent, std::int32_t x, std::int32_t y, wl_buffer* buffer) {
        wl_surface* child = wl_compositor_create_surface(client.compositor());
        wl_subsurface* role = wl_subcompositor_get_subsurface(subcompositor, child, parent);
        wl_subsurface_set_position(role, x, y);
        wl_subsurface_set_desync(role);
        show(child, buffer);
        return child;
    }
    void add_popup(const std::vector<std::int32_t>& numbers) {
        auto* base = static_cast<xdg_wm_base*>(client.bind_global(&xdg_wm_base_interface, 3));
        xdg_positioner* positioner = xdg_wm_base_create_positioner(base);
        xdg_positioner_set_size(positioner, numbers[0], numbers[0]);
        xdg_positioner_set_anchor_rect(positioner, numbers[1], numbers[1], numbers[2], numbers[2]);
        xdg_positioner_set_offset(positioner, numbers[3], numbers[3]);
        xdg_positioner_set_anchor(positioner, XDG_POSITIONER_ANCHOR_BOTTOM_RIGHT);
        xdg_positioner_set_gravity(positioner, XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT);
        xdg_positioner_set_constraint_adjustment(positioner, 63);
        wl_surface* surface = wl_compositor_create_surface(client.compositor());
        xdg_surface* shell = xdg_wm_base_get_xdg_surface(base, surface);
        static constexpr xdg_surface_listener events = {.configure = xdg_surface_ack_configure_of};
        xdg_surface_add_listener(shell, &events, nullptr);
        xdg_popup* popup = xdg_surface_get_popup(shell, window.shell_surface(), positioner);
        wl_surface_commit(surface);
        client.round_trip();
        show(surface, image.get());
        xdg_popup_reposition(popup, positioner, 1);
        client.round_trip();
    }
    /// Anchored to `edges`, with the same number all over.
    void add_layer(std::uint32_t edges, std::uint32_t size, std::int32_t zone,
                   std::int32_t margin) {
        wl_surface* surface = wl_compositor_create_surface(client.compositor());
        LayerSurface& layer = *layers.emplace_back(std::make_unique<LayerSurface>(client, surface));
        layer.set_anchor(edges);
        layer.set_size(size, size);
        layer.set_exclusive_zone(zone);
        layer.set_margin(margin, margin, margin, margin);
        wl_surface_commit(surface);
        client.wait_for(layer.is_configured);
        show(surface, image.get());
    }
    static void xdg_surface_ack_configure_of(void*, xdg_surface* surface, std::uint32_t serial) {
        xdg_surface_ack_configure(surface, serial);
    }
    /// Onto the window, and down.
    void press() {
        window.show(image.get());
        mouse.move_to(Width / 2, Height / 2, Width, Height);
        mouse.press(BTN_LEFT);
        hand.round_trip();
        const bool is_pressed = client.wait_until([&] { return heard.button_serial != 0; });
        INFO(client.connection());
        REQUIRE(is_pressed);
    }
};

using Deed = void (*)(Hostile&);

struct Case {
    const char* name;
    Deed deed;
};

const Case Cases[] = {
    {"a picture scaled to the largest size",
     [](Hostile& by) {
         for (const auto& [width, height] : {std::pair{Most, 1}, {1, Most}, {Most, Most}}) {
             by.window.set_size(width, height);
             by.show(by.image.get());
         }
     }},
    {"a single pixel scaled to the largest size",
     [](Hostile& by) {
         by.window.set_size(Most, Most);
         by.show(by.pixel);
     }},
    {"a child of a window far away",
     [](Hostile& by) {
         by.add_child(by.window.surface(), Least, Least, by.pixel);
         by.add_child(by.window.surface(), Most, Most, by.image.get());
         by.show(by.image.get());
     }},
    {"a child that reaches from far away into the screen",
     [](Hostile& by) {
         Window wide{by.client};
         wide.set_size(Most, Most);
         wl_surface_attach(wide.surface(), by.pixel, 0, 0);
         wl_surface_commit(wide.surface());
         xdg_surface_set_window_geometry(by.window.shell_surface(), Most - 99, Most - 99, 1, 1);
         by.show(by.image.get());
         by.client.round_trip();
     }},
    {"children of children, each farther away",
     [](Hostile& by) {
         std::vector<wl_surface*> surfaces{by.window.surface()};
         for (int i = 0; i < 2200; ++i)
             surfaces.push_back(by.add_child(surfaces.back(), Least, Most, by.pixel));
         std::ranges::for_each(surfaces | std::views::reverse, wl_surface_commit);
         by.show(by.image.get());
     }},
    {"geometry out of bounds",
     [](Hostile& by) {
         for (const std::int32_t at : {Least, Least + 1, Most, -1}) {
             xdg_surface_set_window_geometry(by.window.shell_surface(), at, at, Most, Most);
             by.show(by.image.get());
             xdg_surface_set_window_geometry(by.window.shell_surface(), at, at, 1, 1);
             by.show(by.image.get());
         }
     }},
    {"limits of the size",
     [](Hostile& by) {
         xdg_toplevel_set_min_size(by.window.toplevel(), Most, Most);
         by.show(by.image.get());
         xdg_toplevel_set_max_size(by.window.toplevel(), Most, Most);
         by.show(by.image.get());
     }},
    {"resizing a window of the largest size",
     [](Hostile& by) {
         by.press();
         by.window.set_size(Most, Most);
         by.show(by.pixel);
         xdg_toplevel_resize(by.window.toplevel(), by.heard.seat(), by.heard.button_serial,
                             XDG_TOPLEVEL_RESIZE_EDGE_TOP_LEFT);
         by.client.round_trip();
         by.mouse.move_to(1, 1, Width, Height);
         by.hand.round_trip();
         by.client.round_trip();
         by.window.set_size(1, 1);
         by.show(by.pixel);
         by.client.round_trip();
         by.mouse.move_to(UINT32_MAX, UINT32_MAX, 1, 1);
         by.mouse.press(BTN_LEFT, false);
     }},
    {"moving a window of the largest size",
     [](Hostile& by) {
         by.press();
         by.window.set_size(Most, Most);
         by.show(by.pixel);
         xdg_toplevel_move(by.window.toplevel(), by.heard.seat(), by.heard.button_serial);
         by.client.round_trip();
         by.mouse.move_to(UINT32_MAX, 0, 1, UINT32_MAX);
         by.mouse.press(BTN_LEFT, false);
     }},
    {"maximized and fullscreen in other sizes than asked for",
     [](Hostile& by) {
         by.window.set_maximized();
         by.window.set_size(Most, Most);
         by.show(by.pixel);
         by.window.set_fullscreen();
         by.show(by.image.get());
     }},
    {"popups",
     [](Hostile& by) {
         by.show(by.image.get());
         for (const auto& numbers :
              std::vector<std::vector<std::int32_t>>{{1, Most, Most, Most},
                                                     {Most, Least, Most, Least},
                                                     {Most, Most, Most, Most},
                                                     {Most, 0, 1, 0},
                                                     {1, Least, 1, Least}})
             by.add_popup(numbers);
     }},
    {"bars",
     [](Hostile& by) {
         by.window.set_maximized();
         by.show(by.image.get());
         constexpr std::uint32_t All = 15, Bar = 13; // from side to side, at the top
         for (const std::int32_t number : {Least, Least + 1, -2, -1, 1, Most - 1, Most}) {
             by.add_layer(All, 0, number, number);
             by.add_layer(Bar, static_cast<std::uint32_t>(Most), number, Least);
             by.add_layer(Bar, 1, Most, number);
             by.add_layer(0, static_cast<std::uint32_t>(Most), number, number);
         }
         // Nobody takes all of the screen from the windows.
         CHECK(by.window.height() >= Height / 2);
         CHECK(by.window.height() <= Height);
     }},
    {"the hotspot of a cursor",
     [](Hostile& by) {
         by.press();
         for (const std::int32_t at : {Least, Most}) {
             wl_surface* cursor = wl_compositor_create_surface(by.client.compositor());
             wl_pointer_set_cursor(by.heard.get(), by.heard.enter_serial, cursor, at, at);
             by.show(cursor, by.image.get());
             wl_surface_attach(cursor, by.image.get(), at, at);
             wl_surface_commit(cursor);
             by.client.round_trip();
             by.mouse.move_to(10, 10, Width, Height);
             by.hand.round_trip();
         }
     }},
    {"the icon of what is dragged",
     [](Hostile& by) {
         by.press();
         auto* manager = static_cast<wl_data_device_manager*>(
             by.client.bind_global(&wl_data_device_manager_interface, 1));
         wl_data_device* device = wl_data_device_manager_get_data_device(manager, by.heard.seat());
         wl_surface* icon = wl_compositor_create_surface(by.client.compositor());
         wl_data_device_start_drag(device, nullptr, by.window.surface(), icon,
                                   by.heard.button_serial);
         for (int i = 0; i < 3; ++i) {
             wl_surface_attach(icon, by.pixel, Most, Least);
             wl_surface_commit(icon);
         }
         by.client.round_trip();
         by.mouse.move_to(10, 10, Width, Height);
         by.hand.round_trip();
     }},
    {"regions",
     [](Hostile& by) {
         wl_region* region = wl_compositor_create_region(by.client.compositor());
         wl_region_add(region, Least, Least, Most, Most);
         wl_region_add(region, Most, Most, Most, Most);
         wl_region_subtract(region, Least, 0, Most, Most);
         wl_region_add(region, 0, 0, Most, Most);
         wl_surface_set_opaque_region(by.window.surface(), region);
         wl_surface_set_input_region(by.window.surface(), region);
         by.window.set_size(Most, 1);
         by.show(by.image.get());
     }},
    {"scales and crops",
     [](Hostile& by) {
         by.window.set_crop(0, 0, 1, 1);
         by.window.set_size(Most, Most);
         by.show(by.image.get());
         wl_surface_set_buffer_scale(by.window.surface(), 64);
         by.show(by.image.get());
     }},
};

} // namespace

TEST_CASE("numbers that no screen has end no compositor") {
    CompositorProcess compositor{{"--size", "320x240"}, stage_of(GENERATE("gles2", "pixman"))};
    for (const Case& part : Cases) {
        INFO(part.name);
        Hostile hostile{compositor};
        part.deed(hostile);
        hostile.client.round_trip();
        // Drawn, and with the pointer on it.
        const Picture screen = take_screenshot(compositor.socket());
        CHECK(screen.width == Width);
        hostile.mouse.move_to(Width / 2, Height / 2, Width, Height);
        REQUIRE(hostile.hand.round_trip());
    }
    CHECK(compositor.process().is_running());
}
