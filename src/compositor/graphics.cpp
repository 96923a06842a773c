#include "compositor/graphics.hpp"

#include "compositor/drm_node.hpp"
#include "compositor/event_log.hpp"
#include "dmabuf/formatted.hpp"
#include "wlr/destroy_renderer.hpp"
#include "wlr/guard.hpp"
#include "wlr/renderer_kind.hpp"
#include "wlr/vulkan_devices.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace tarmac::compositor {
namespace {

/// nullptr if there is none. On a terminal, wlroots ends the compositor with its card unless the
/// backends are named (auto_backend_monitor_create() in backend/backend.c of 0.20.2): those that it
/// would choose by itself are.
wlr_backend* create_backend(wl_event_loop* loop, wlr_session** session) {
    constexpr const char* Backends = "WLR_BACKENDS";
    const bool is_terminal =
        std::ranges::none_of(std::array{"WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY", Backends},
                             [](const char* variable) { return getenv(variable) != nullptr; });
    if (is_terminal)
        setenv(Backends, "libinput,drm", 1);
    wlr_backend* backend = wlr_backend_autocreate(loop, session);
    // It isn't meant for compositors that are started in this one.
    if (is_terminal)
        unsetenv(Backends);
    return backend;
}

bool draws_on_device(wlr_renderer* renderer) {
    return wlr_renderer_get_drm_fd(renderer) >= 0;
}

bool is_device_gone(wlr_renderer* renderer) {
    return is_unplugged(wlr_renderer_get_drm_fd(renderer));
}

} // namespace

Graphics::Graphics(wl_display* display, DeviceChoice choice)
    : choice_{std::move(choice)}
    , loop_{wl_display_get_event_loop(display)}
    , replacement_{wl_event_loop_add_timer(
          loop_,
          [](void* data) {
              auto& self = *static_cast<Graphics*>(data);
              if (!guard([&] { self.try_again(); }))
                  self.start_pause();
              return 0;
          },
          this)} {}

std::expected<std::unique_ptr<Graphics>, std::string> Graphics::create(wl_display* display,
                                                                       const Options& options) {
    auto choice = DeviceChoice::create(options);
    if (!choice)
        return std::unexpected(choice.error());
    std::unique_ptr<Graphics> graphics{new Graphics{display, std::move(*choice)}};
    if (!graphics->replacement_)
        return std::unexpected("There is no memory for a timer.");
    graphics->backend_.reset(create_backend(graphics->loop_, &graphics->session_));
    if (!graphics->backend_) {
        return std::unexpected("There is nowhere to show anything: no session to open a window in, "
                               "no screen, and WLR_BACKENDS doesn't name another way.");
    }
    if (const auto done = graphics->choice_.choose_render_node(graphics->backend()); !done)
        return std::unexpected(done.error());
    graphics->watch_backend();
    graphics->watch_session();
    auto renderer = graphics->create_renderer();
    if (!renderer)
        return std::unexpected(renderer.error() + graphics->advice());
    graphics->use(*renderer);
    graphics->is_on_cpu_ = wlr_renderer_is_pixman(graphics->renderer());
    // wlr_backend_autocreate() may wait for a card, with the loop running.
    graphics->devices_.emplace(graphics->loop_, [graphics = graphics.get()](bool has_any_come) {
        graphics->devices_changed(has_any_come);
    });
    return graphics;
}

std::expected<Graphics::Renderer, std::string> Graphics::create_renderer() const {
    wlr_renderer* renderer = wlr_renderer_autocreate(backend());
    if (!renderer) {
        return std::unexpected(formatted(
            "The renderer ({}) can't be started; the lines above say why.", choice_.renderer()));
    }
    return add_allocator(renderer);
}

std::string Graphics::advice() const {
    if (choice_.renderer() != "vulkan")
        return "";
    const std::string advice = " Try --renderer gles2, or pixman, which draws on the CPU.";
    const char* software = getenv("WLR_RENDERER_FORCE_SOFTWARE");
    const bool is_on_cpu = software && std::string_view{software} == "1";
    // Else wlroots has looked for a device by itself.
    const auto named = choice_.render_fd();
    if (!is_on_cpu && !named)
        return advice;
    const std::string objection = vulkan_objection(vulkan_devices(is_on_cpu ? -1 : *named));
    return objection.empty() ? advice : " " + objection + "." + advice;
}

std::expected<Graphics::Renderer, std::string> Graphics::create_software_renderer() const {
    wlr_renderer* renderer = wlr_pixman_renderer_create();
    if (!renderer)
        return std::unexpected("Nothing can be drawn on the CPU.");
    return add_allocator(renderer);
}

std::expected<Graphics::Renderer, std::string>
Graphics::add_allocator(wlr_renderer* renderer) const {
    Renderer made;
    made.renderer.reset(renderer);
    made.allocator = create_allocator(renderer);
    if (!made.allocator) {
        return std::unexpected("No buffers can be made that the renderer draws to and the backend "
                               "shows.");
    }
    return made;
}

Graphics::Allocator Graphics::create_allocator(wlr_renderer* renderer) const {
    if (!has_no_screen()) {
        Allocator allocator{wlr_allocator_autocreate(backend(), renderer)};
        // What no screen can show is better only than a renderer whose device is gone.
        if (allocator || !is_lost_ || !is_device_gone(this->renderer()))
            return allocator;
    }
    // The backend still says what it could show on the card that is gone, and names that.
    const Handle<wlr_backend, wlr_backend_destroy> nowhere{wlr_headless_backend_create(loop_)};
    return Allocator{nowhere ? wlr_allocator_autocreate(nowhere.get(), renderer) : nullptr};
}

void Graphics::check_device() {
    const bool has_device = draws_on_device(renderer());
    if (has_device && !is_device_gone(renderer()))
        return;
    const bool is_choice_gone = choice_.drop_unplugged();
    if (is_lost_ || !(has_device || is_choice_gone))
        return;
    log_event("lost", {{"renderer", renderer_name()}, {"pause", "0ms"}, {"reason", "device-gone"}});
    replace_at_once();
}

void Graphics::devices_changed(bool has_any_come) {
    check_device();
    bool is_worth_trying = is_lost_;
    if (has_any_come) {
        // Before the renderer, which has to make buffers for them.
        if (cards_)
            cards_->take_all();
        const bool is_choice_back = choice_.open_returned();
        is_worth_trying =
            is_lost_ || is_stopgap_ || (is_choice_back && !draws_on_device(renderer()));
    }
    if (is_worth_trying)
        wl_event_source_timer_update(replacement_.get(), 1);
}

void Graphics::lose_renderer() {
    wl_signal_emit_mutable(&renderer_->events.lost, nullptr);
}

void Graphics::lost() {
    // A lost renderer says so with every frame.
    if (std::exchange(is_lost_, true))
        return;
    failed_attempts_ = 0;
    const std::string pause = schedule_replacement();
    log_event("lost", {{"renderer", renderer_name()}, {"pause", pause}});
    tell_lost();
}

void Graphics::tell_lost() noexcept {
    if (on_renderer_lost)
        guard(on_renderer_lost);
}

std::string Graphics::schedule_replacement() {
    return formatted("{}ms", start_pause().count());
}

std::chrono::milliseconds Graphics::start_pause() noexcept {
    const auto pause = backoff_.next(Backoff::Clock::now());
    // Not at once in any case (which 0 would mean never): the loss comes in the middle of drawing.
    wl_event_source_timer_update(replacement_.get(), std::max(1, static_cast<int>(pause.count())));
    return pause;
}

void Graphics::replace_at_once() noexcept {
    is_lost_ = true;
    failed_attempts_ = 0;
    tell_lost();
    if (!guard([&] { replace_renderer(true); }))
        start_pause();
}

void Graphics::try_again() {
    replace_renderer(is_device_gone(renderer()) || failed_attempts_ + 1 >= MaxAttempts);
}

void Graphics::replace_renderer(bool falls_back) {
    auto renderer = create_replacement();
    if (renderer) {
        is_stopgap_ = false;
        wl_event_source_timer_update(replacement_.get(), 0);
        draw_with(std::move(*renderer));
        return;
    }
    ++failed_attempts_;
    std::string reason = renderer.error();
    if (is_lost_ && falls_back) {
        if (const auto done = fall_back(reason); !done)
            reason += " On the CPU neither: " + done.error();
    }
    const std::string pause = schedule_replacement();
    log_event("retry", {{"attempt", std::to_string(failed_attempts_)},
                        {"pause", pause},
                        {"reason", quoted(reason)}});
}

std::expected<Graphics::Renderer, std::string> Graphics::create_replacement() {
    if (!choice_.is_any_there())
        return std::unexpected("The device that was named is gone.");
    choice_.follow(place_);
    auto made = create_renderer();
    // wlroots falls back by itself, at once and for good, where no renderer was asked for.
    if (made && !is_on_cpu_ && wlr_renderer_is_pixman(made->renderer.get()))
        return std::unexpected("No renderer but one on the CPU can be started.");
    // A device that is on its way out may let itself be opened.
    const bool has_drawn_on_device = !place_.empty();
    if (made && has_drawn_on_device && !wlr_renderer_is_pixman(made->renderer.get()) &&
        (!draws_on_device(made->renderer.get()) || is_device_gone(made->renderer.get())))
        return std::unexpected("The device that the new renderer draws with is gone, too.");
    // A card may be drawn for by a device of its own.
    const std::string place =
        made ? device_place(wlr_renderer_get_drm_fd(made->renderer.get())) : "";
    if (!place.empty() && place != place_ && !choice_.allows(place))
        return std::unexpected("Another device than was named would draw.");
    return made;
}

std::expected<void, std::string> Graphics::fall_back(const std::string& reason) {
    auto renderer = create_software_renderer();
    if (!renderer)
        return std::unexpected(renderer.error());
    log_event("fallback", {{"renderer", "pixman"}, {"reason", quoted(reason)}});
    is_stopgap_ = true;
    draw_with(std::move(*renderer));
    return {};
}

void Graphics::draw_with(Renderer renderer) {
    is_lost_ = false;
    try {
        use(renderer);
        on_replaced();
    } catch (...) {
        // Something may still draw with the old one.
        static_cast<void>(renderer.allocator.release());
        static_cast<void>(renderer.renderer.release());
        throw;
    }
    renderer.allocator.reset();
    destroy_renderer(renderer.renderer.release(), renderer_.get());
}

void Graphics::use(Renderer& other) {
    std::swap(renderer_, other.renderer);
    std::swap(allocator_, other.allocator);
    std::string place = device_place(wlr_renderer_get_drm_fd(renderer()));
    if (!place.empty())
        place_ = std::move(place);
    renderer_lost_.connect(renderer_->events.lost, [this] { lost(); });
}

void Graphics::watch_backend() {
    backend_destroy_.connect(backend_->events.destroy, [this] {
        // wlroots destroys a nested backend when the session around it goes.
        backend_destroy_.disconnect();
        static_cast<void>(backend_.release());
        session_ = nullptr;
        if (on_lost)
            on_lost("The session that the compositor was shown in is gone.");
    });
}

void Graphics::watch_session() {
    if (session_ == nullptr)
        return;
    session_destroy_.connect(session_->events.destroy, [this] {
        session_destroy_.disconnect();
        cards_.reset();
        session_ = nullptr;
        if (on_lost)
            on_lost("The session is gone.");
    });
    cards_.emplace(*session_, *backend_, choice_, [this] { first_card_came(); });
}

void Graphics::first_card_came() {
    const std::string place = device_place(wlr_backend_get_drm_fd(backend()));
    const bool draws_there =
        !place.empty() && place == device_place(wlr_renderer_get_drm_fd(renderer()));
    if (!is_lost_ && !is_stopgap_ && draws_there) {
        // The device's render node came before its card: only screens need other buffers.
        if (Allocator allocator = create_allocator(renderer())) {
            std::swap(allocator_, allocator);
            on_new_allocator();
            return;
        }
    }
    replace_at_once();
}

bool Graphics::has_no_screen() const {
    const int shown_on = wlr_backend_get_drm_fd(backend());
    return cards_ && (shown_on < 0 || is_unplugged(shown_on));
}

int Graphics::drm_fd() const noexcept {
    for (const int fd : {wlr_renderer_get_drm_fd(renderer()), wlr_backend_get_drm_fd(backend()),
                         choice_.render_fd().value_or(-1)}) {
        if (fd >= 0 && !is_unplugged(fd))
            return fd;
    }
    return -1;
}

std::string Graphics::renderer_name() const {
    if (wlr_renderer_is_pixman(renderer()))
        return "pixman";
    if (is_gles2(renderer()))
        return "gles2";
    if (is_vulkan(renderer()))
        return "vulkan";
    return "other";
}

std::string Graphics::device_path() const {
    return drm_node_path(wlr_renderer_get_drm_fd(renderer()));
}

} // namespace tarmac::compositor
