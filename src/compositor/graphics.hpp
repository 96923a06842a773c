#pragma once

#include "compositor/drm_node.hpp"
#include "compositor/handle.hpp"
#include "compositor/options.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"
#include "wlr/wlr.hpp"

#include <expected>
#include <functional>
#include <optional>

namespace tarmac::compositor {

/// Where pictures go and what draws them: wlroots' backend, renderer and allocator. Owned by the
/// Server; goes after everything that draws and before the display.
class Graphics {
public:
    /// Reads and sets wlroots' environment variables, so only one can be made in a process.
    /// Error: a sentence.
    static std::expected<std::unique_ptr<Graphics>, std::string> create(wl_display* display,
                                                                        const Options& options);

    wlr_backend* backend() const noexcept { return backend_.get(); }
    wlr_renderer* renderer() const noexcept { return renderer_.get(); }
    wlr_allocator* allocator() const noexcept { return allocator_.get(); }
    /// nullptr unless the compositor has a terminal to itself.
    wlr_session* session() const noexcept { return session_; }

    /// The device that clients had best allocate on: what is drawn with, or shown on, or what the
    /// user named. -1 if there is none of them. Borrowed.
    int drm_fd() const noexcept;

    std::string renderer_name() const;
    /// Path of the DRM node that is drawn with, or "none".
    std::string device_path() const;

    /// Behaves as after a GPU reset: the renderer is replaced. For trying clients, and for tests.
    void lose_renderer();

    /// Called when the renderer was lost, and renderer() and allocator() are new ones. Those before
    /// them are there until it returns.
    std::function<void()> on_replaced;
    /// Called when nothing can be shown any more, with a sentence that says why.
    std::function<void(std::string)> on_lost;

private:
    struct Renderer {
        Handle<wlr_renderer, wlr_renderer_destroy> renderer;
        Handle<wlr_allocator, wlr_allocator_destroy> allocator; ///< goes first
    };

    explicit Graphics(wl_display* display) : loop_{wl_display_get_event_loop(display)} {}
    std::expected<Renderer, std::string> create_renderer() const;
    /// Leaves what was used before in `other`.
    void use(Renderer& other);
    void watch_backend();
    void replace_renderer();

    wl_event_loop* loop_;
    std::string renderer_wish_;
    std::optional<DrmNode> node_; ///< that the user named
    wlr_session* session_ = nullptr;
    Handle<wlr_backend, wlr_backend_destroy> backend_;
    Handle<wlr_renderer, wlr_renderer_destroy> renderer_;
    Handle<wlr_allocator, wlr_allocator_destroy> allocator_;
    Listener backend_destroy_, renderer_lost_;
    std::optional<Timer> replacement_;
};

} // namespace tarmac::compositor
