#pragma once

#include "compositor/handle.hpp"
#include "compositor/window/scene_extents.hpp"
#include "compositor/wlr_protocols.hpp"
#include "wlr/listener.hpp"

#include <list>
#include <optional>

struct wlr_ext_foreign_toplevel_image_capture_source_manager_v1_request;

namespace tarmac::compositor {

class Graphics;

/// Windows that clients capture one by one (ext-foreign-toplevel-image-capture-source-v1), each
/// without its popups, and whatever lies above it. wlroots 0.19 can't. One whose parts span too
/// much can't be captured, and stops its captures when they come to: a capture has memory for all
/// that they span, and clients place parts where they like. Owned by the Server.
class WindowCaptures {
public:
    WindowCaptures(wl_display* display, const Graphics& graphics);
    WindowCaptures(const WindowCaptures&) = delete;
    WindowCaptures& operator=(const WindowCaptures&) = delete;

    /// Stops all captures: clients begin anew, with the renderer and allocator of then.
    void stop() { captured_.clear(); }

private:
    /// A scene with nothing but the window. Captures stop when it goes.
    struct Captured {
        wlr_ext_foreign_toplevel_handle_v1* window;
        Handle<wlr_scene_node, wlr_scene_node_destroy> root;
        wlr_ext_image_capture_source_v1* source; ///< goes with root
        std::optional<SceneChanges> changes{};
        Listener window_gone{};
    };
    using Request = wlr_ext_foreign_toplevel_image_capture_source_manager_v1_request;

    void accept(Request& request);
    /// nullptr while the window is too large; nothing without memory.
    std::optional<wlr_ext_image_capture_source_v1*>
    source_of(wlr_ext_foreign_toplevel_handle_v1& window);

    wl_event_loop* loop_;
    const Graphics& graphics_;
    std::list<Captured> captured_;
    Listener new_request_;
};

} // namespace tarmac::compositor
