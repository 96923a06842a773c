#pragma once

#include "compositor/handle.hpp"
#include "compositor/window/decoration.hpp"
#include "compositor/window/placement.hpp"
#include "compositor/window/window_nodes.hpp"
#include "compositor/wlr_protocols.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

#include <optional>
#include <string>

namespace tarmac::compositor {

class Windows;

/// One window: where it is and what its client is asked for. Owned by Windows, and goes when the
/// client's xdg_toplevel goes.
class Toplevel {
public:
    Toplevel(Windows& windows, wlr_xdg_toplevel& xdg, wlr_scene_tree* layer);
    Toplevel(const Toplevel&) = delete;
    Toplevel& operator=(const Toplevel&) = delete;

    wlr_xdg_toplevel& xdg() const noexcept { return xdg_; }
    wlr_surface& surface() const noexcept { return *xdg_.base->surface; }
    bool is_mapped() const noexcept { return surface().mapped; }
    /// Whether the client shows itself as fullscreen or maximized, and so can't be moved.
    bool is_filling() const noexcept { return xdg_.current.fullscreen || xdg_.current.maximized; }
    /// The window in its surface, without shadows.
    wlr_box geometry() const noexcept;
    /// The window on the desktop, without shadows and borders.
    wlr_box box() const noexcept;
    SizeLimits limits() const noexcept;
    wlr_output* output() const;

    void raise() { nodes_.raise(); }
    void close();
    void set_activated(bool activated);
    void set_maximized(bool maximized);
    /// `output` may be nullptr: the one that the window is on.
    void set_fullscreen(bool fullscreen, wlr_output* output);
    void toggle_maximized() { set_maximized(!wants_maximized_); }
    void toggle_fullscreen() { set_fullscreen(!wants_fullscreen_, nullptr); }

    void move_to(int x, int y);
    /// Between the two, the edges of the window that aren't among `edges` stay where they are,
    /// whatever sizes the client picks.
    void begin_resize(std::uint32_t edges);
    void resize_to(int width, int height);
    void end_resize();

    void decorate(wlr_xdg_toplevel_decoration_v1& decoration);
    /// Makes up for outputs that came, went or changed.
    void follow_outputs();

private:
    struct Resize {
        std::uint32_t edges;
        int right, bottom;
        std::optional<std::uint32_t> last_configure; ///< known once the user has let go
    };

    bool wants_to_fill() const noexcept { return wants_fullscreen_ || wants_maximized_; }
    /// Where it fills an output: the one that it is to fill, or while that isn't there, its own.
    wlr_output* filled_output() const;
    wlr_box filled_area(bool fullscreen) const;
    void fill(wlr_output* output);
    /// Its output is the one that `place` is on.
    void settle(const wlr_box& place);
    void listen();
    void committed();
    void mapped();
    void unmapped();
    void send_first_configure();
    void send_state();
    void remember_floating_size();
    void list_as_named();
    void arrange();
    void follow_resize(const wlr_box& geometry);
    wlr_box floating_place(const wlr_box& geometry);

    Windows& windows_;
    wlr_xdg_toplevel& xdg_;
    std::string client_label_;

    WindowNodes nodes_;
    bool wants_fullscreen_ = false, wants_maximized_ = false;
    // Outputs by their names, by which those that come back are known.
    std::string filled_, home_;
    wlr_box home_area_{}; ///< of `home_`, as of when it was there last
    bool is_placed_ = false;
    bool covers_ = false; ///< its whole output
    /// The box when not filling, where it can be reached there; size 0 leaves it to the client.
    wlr_box floating_{};
    std::optional<Resize> resize_;
    std::optional<Decoration> decoration_;

    Handle<wlr_ext_foreign_toplevel_handle_v1, wlr_ext_foreign_toplevel_handle_v1_destroy> listed_;

    Listener commit_, map_, unmap_, destroy_, set_title_, set_app_id_;
    Listener request_maximize_, request_fullscreen_, request_move_, request_resize_;
};

} // namespace tarmac::compositor
