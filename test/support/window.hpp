#pragma once

#include "support/picture.hpp"
#include "support/raw_client.hpp"

struct wl_output;
struct wp_viewport;
struct wp_viewporter;
struct xdg_surface;
struct xdg_toplevel;
struct xdg_wm_base;

namespace test {

/// A client's toplevel, for pictures. Throws std::runtime_error where the compositor lacks what it
/// needs or says nothing for half a minute.
class Window {
public:
    /// `client` must outlive this. Waits for the first configure.
    explicit Window(RawClient& client);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    wl_surface* surface() const { return surface_; }
    /// What the compositor asked for last; 0 leaves it to the client.
    int width() const { return width_; }
    int height() const { return height_; }
    /// The least that it asked for since the last set_fullscreen().
    int least_width() const { return least_width_; }

    xdg_surface* shell_surface() const { return xdg_surface_; }
    xdg_toplevel* toplevel() const { return toplevel_; }

    /// On `output` (a wl_output), or where the compositor likes if that is nullptr. Waits for the
    /// configure.
    void set_fullscreen(wl_output* output = nullptr);
    void unset_fullscreen();
    void set_maximized();

    /// Of the buffer, for the next show(): a wl_output.transform.
    void set_transform(std::int32_t transform);
    /// The part of the picture to show, in surface coordinates, for the next show().
    void set_crop(double x, double y, double width, double height);
    /// In surface coordinates, whatever the size of the buffer, for the next show().
    void set_size(int width, int height);

    /// Commits `buffer`, damaged there, and waits until the compositor has drawn it.
    void show(wl_buffer* buffer, const Box& damage = {0, 0, INT32_MAX, INT32_MAX});
    /// Commits what else was set, and waits the same.
    void commit();
    /// Has what it shows drawn anew, and waits the same.
    void damage(const Box& part);

private:
    RawClient& client_;
    wl_surface* surface_;
    xdg_wm_base* wm_base_;
    xdg_surface* xdg_surface_;
    xdg_toplevel* toplevel_;
    wp_viewporter* viewporter_;
    wp_viewport* viewport_;
    void await_configure();

    bool is_configured_ = false;
    int width_ = 0, height_ = 0, least_width_ = INT32_MAX;
};

} // namespace test
