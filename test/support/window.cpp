#include "support/window.hpp"

#include <stdexcept>
#include <wayland-client.h>

#include "viewporter-client-protocol.h"
#include "xdg-shell-client-protocol.h"

namespace test {

Window::Window(RawClient& client)
    : client_{client}
    , surface_{wl_compositor_create_surface(client.compositor())}
    , wm_base_{static_cast<xdg_wm_base*>(client.bind_global(&xdg_wm_base_interface, 1))}
    , xdg_surface_{xdg_wm_base_get_xdg_surface(wm_base_, surface_)}
    , toplevel_{xdg_surface_get_toplevel(xdg_surface_)}
    , viewporter_{static_cast<wp_viewporter*>(client.bind_global(&wp_viewporter_interface, 1))}
    , viewport_{wp_viewporter_get_viewport(viewporter_, surface_)} {
    static constexpr xdg_wm_base_listener base_events = {
        .ping = [](void*, xdg_wm_base* base,
                   std::uint32_t serial) { xdg_wm_base_pong(base, serial); },
    };
    static constexpr xdg_surface_listener surface_events = {
        .configure =
            [](void* data, xdg_surface* surface, std::uint32_t serial) {
                xdg_surface_ack_configure(surface, serial);
                static_cast<Window*>(data)->is_configured_ = true;
            },
    };
    static constexpr xdg_toplevel_listener toplevel_events = {
        .configure =
            [](void* data, xdg_toplevel*, std::int32_t width, std::int32_t height, wl_array*) {
                static_cast<Window*>(data)->width_ = width;
                static_cast<Window*>(data)->height_ = height;
                static_cast<Window*>(data)->least_width_ =
                    std::min(static_cast<Window*>(data)->least_width_, width);
            },
        .close = [](void*, xdg_toplevel*) {},
        .configure_bounds = [](void*, xdg_toplevel*, std::int32_t, std::int32_t) {},
        .wm_capabilities = [](void*, xdg_toplevel*, wl_array*) {},
    };
    xdg_wm_base_add_listener(wm_base_, &base_events, nullptr);
    xdg_surface_add_listener(xdg_surface_, &surface_events, this);
    xdg_toplevel_add_listener(toplevel_, &toplevel_events, this);
    wl_surface_commit(surface_);
    await_configure();
}

void Window::await_configure() {
    is_configured_ = false;
    if (!client_.wait_for(is_configured_))
        throw std::runtime_error{"the window was not configured"};
}

void Window::set_fullscreen(wl_output* output) {
    least_width_ = INT32_MAX;
    xdg_toplevel_set_fullscreen(toplevel_, output);
    await_configure();
}

void Window::unset_fullscreen() {
    xdg_toplevel_unset_fullscreen(toplevel_);
    await_configure();
}

Window::~Window() {
    wp_viewport_destroy(viewport_);
    wp_viewporter_destroy(viewporter_);
    xdg_toplevel_destroy(toplevel_);
    xdg_surface_destroy(xdg_surface_);
    xdg_wm_base_destroy(wm_base_);
    wl_surface_destroy(surface_);
}

void Window::set_maximized() {
    xdg_toplevel_set_maximized(toplevel_);
    await_configure();
}

void Window::set_transform(std::int32_t transform) {
    wl_surface_set_buffer_transform(surface_, transform);
}

void Window::set_crop(double x, double y, double width, double height) {
    wp_viewport_set_source(viewport_, wl_fixed_from_double(x), wl_fixed_from_double(y),
                           wl_fixed_from_double(width), wl_fixed_from_double(height));
}

void Window::set_size(int width, int height) {
    wp_viewport_set_destination(viewport_, width, height);
}

void Window::show(wl_buffer* buffer, const Box& damage) {
    wl_surface_attach(surface_, buffer, 0, 0);
    wl_surface_damage_buffer(surface_, damage.x, damage.y, damage.width, damage.height);
    commit();
}

void Window::damage(const Box& part) {
    wl_surface_damage_buffer(surface_, part.x, part.y, part.width, part.height);
    commit();
}

void Window::commit() {
    bool is_drawn = false;
    wl_callback* frame = wl_surface_frame(surface_);
    static constexpr wl_callback_listener events = {
        .done = [](void* data, wl_callback*, std::uint32_t) { *static_cast<bool*>(data) = true; },
    };
    wl_callback_add_listener(frame, &events, &is_drawn);
    wl_surface_commit(surface_);
    client_.wait_for(is_drawn);
    wl_callback_destroy(frame);
    if (!is_drawn)
        throw std::runtime_error{"the compositor didn't draw the window"};
}

} // namespace test
