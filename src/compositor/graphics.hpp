#pragma once

#include "compositor/backoff.hpp"
#include "compositor/device_choice.hpp"
#include "compositor/drm_watch.hpp"
#include "compositor/handle.hpp"
#include "compositor/options.hpp"
#include "compositor/returning_cards.hpp"
#include "wlr/listener.hpp"
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
    /// user named. -1 if there is none of them, or none any more. Borrowed.
    int drm_fd() const noexcept;

    std::string renderer_name() const;
    /// Path of the DRM node that is drawn with, or "none".
    std::string device_path() const;

    /// Whether renderer() draws: not between its loss and on_replaced.
    bool can_draw() const noexcept { return !is_lost_; }
    /// Behaves as after a GPU reset: the renderer is replaced. For trying clients, and for tests.
    ///
    /// A lost renderer is replaced by one of the same kind, which is tried until it works, with
    /// pauses that grow and that grow also where resets follow each other closely. After
    /// MaxAttempts in a row everything is drawn on the CPU, if that can be done, and it is tried
    /// on.
    void lose_renderer();
    static constexpr int MaxAttempts = 8;
    /// Looks whether the renderer's device was taken away, which the renderer itself doesn't tell,
    /// and replaces it at once if so, on the CPU unless another device is there. What is drawn or
    /// uploaded with such a renderer may end the process: to be called before. May call
    /// on_replaced, so not while anything is drawn.
    void check_device();

    /// Called when the renderer is lost: until on_replaced there is nobody to ask.
    std::function<void()> on_renderer_lost;
    /// Called when the renderer was lost, and renderer() and allocator() are new ones. Those before
    /// them are there until it returns.
    std::function<void()> on_replaced;
    /// Called when allocator() alone is a new one, in the same way.
    std::function<void()> on_new_allocator;
    /// Called when nothing can be shown any more, with a sentence that says why.
    std::function<void(std::string)> on_lost;

private:
    using Allocator = Handle<wlr_allocator, wlr_allocator_destroy>;
    struct Renderer {
        Handle<wlr_renderer, wlr_renderer_destroy> renderer;
        Allocator allocator; ///< goes first
    };

    Graphics(wl_display* display, DeviceChoice choice);
    std::expected<Renderer, std::string> create_renderer() const;
    /// What to do where the renderer that was asked for can't be started: sentences, or nothing.
    std::string advice() const;
    std::expected<Renderer, std::string> create_software_renderer() const;
    std::expected<Renderer, std::string> add_allocator(wlr_renderer* renderer) const;
    /// nullptr if the renderer can't draw what the backend shows.
    Allocator create_allocator(wlr_renderer* renderer) const;
    /// Leaves what was used before in `other`.
    void use(Renderer& other);
    void watch_backend();
    void lost();
    void tell_lost() noexcept;
    /// Waits as long as the one after that needs, and tells how long.
    std::string schedule_replacement();
    std::chrono::milliseconds start_pause() noexcept;
    void try_again();
    /// Draws on the CPU if that fails and `falls_back`.
    void replace_renderer(bool falls_back);
    void replace_at_once() noexcept;
    std::expected<Renderer, std::string> create_replacement();
    void devices_changed(bool has_any_come);
    void watch_session();
    void first_card_came();
    bool has_no_screen() const;
    void draw_with(Renderer renderer);
    /// Draws on the CPU until the GPU is back.
    std::expected<void, std::string> fall_back(const std::string& reason);

    DeviceChoice choice_;
    std::string place_; ///< of the device that is drawn with, or was last; empty without one
    wl_event_loop* loop_;
    wlr_session* session_ = nullptr;
    Handle<wlr_backend, wlr_backend_destroy> backend_;
    Handle<wlr_renderer, wlr_renderer_destroy> renderer_;
    Allocator allocator_;
    Listener backend_destroy_, session_destroy_, renderer_lost_;
    std::optional<ReturningCards> cards_; ///< where the compositor has a terminal to itself
    std::optional<DrmWatch> devices_;
    bool is_on_cpu_ = false; ///< as wished, or as wlroots chose at the start
    bool is_lost_ = false;
    bool is_stopgap_ = false; ///< drawn on the CPU for want of a GPU
    int failed_attempts_ = 0; ///< since the loss
    Backoff backoff_;
    /// Made once: when the renderer is lost, there may be no descriptors.
    Handle<wl_event_source, wl_event_source_remove> replacement_;
};

} // namespace tarmac::compositor
