#include "compositor/graphics.hpp"

#include "compositor/drm_node.hpp"
#include "compositor/event_log.hpp"
#include "dmabuf/formatted.hpp"
#include "wlr/guard.hpp"
#include "wlr/renderer_kind.hpp"
#include "wlr/vulkan_devices.hpp"

namespace tarmac::compositor {
namespace {

void request_renderer(const std::string& name) {
    if (name == "auto")
        return;
    setenv("WLR_RENDERER", name.c_str(), 1);
    // Whoever names a renderer takes it as it is, unless the environment says otherwise.
    setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 0);
}

/// What wlroots chooses by itself on a terminal. Unless it is named, the compositor ends with its
/// card (auto_backend_monitor_create() in backend/backend.c of 0.20.2).
void request_terminal() {
    for (const char* other : {"WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"}) {
        if (getenv(other) != nullptr)
            return;
    }
    setenv("WLR_BACKENDS", "libinput,drm", 0);
}

#if WLR_HAS_DRM_BACKEND
bool shows_on_drm(wlr_backend* backend) {
    bool found = false;
    wlr_multi_for_each_backend(
        backend,
        [](wlr_backend* child, void* data) {
            *static_cast<bool*>(data) |= wlr_backend_is_drm(child);
        },
        &found);
    return found;
}
#else
bool shows_on_drm(wlr_backend*) {
    return false;
}
#endif

/// A card is for the DRM backend; the others draw with its render node.
std::expected<void, std::string> request_render_node(const DrmNode& node, wlr_backend* backend) {
    if (!node.is_render && shows_on_drm(backend))
        return {};
    if (node.render_path.empty()) {
        return std::unexpected(
            formatted("{} has no render node, and without the DRM backend only those are of use.",
                      node.path));
    }
    setenv("WLR_RENDER_DRM_DEVICE", node.render_path.c_str(), 1);
    return {};
}

bool has_device(wlr_renderer* renderer) {
    const int fd = wlr_renderer_get_drm_fd(renderer);
    return fd >= 0 && !is_unplugged(fd);
}

} // namespace

Graphics::Graphics(wl_display* display)
    : loop_{wl_display_get_event_loop(display)}
    , devices_{loop_, [this](bool has_any_come) { devices_changed(has_any_come); }}
    , replacement_{wl_event_loop_add_timer(
          loop_,
          [](void* data) {
              auto& self = *static_cast<Graphics*>(data);
              if (!guard([&] { self.replace_renderer(self.failed_attempts_ + 1 >= MaxAttempts); }))
                  self.start_pause();
              return 0;
          },
          this)} {}

std::expected<std::unique_ptr<Graphics>, std::string> Graphics::create(wl_display* display,
                                                                       const Options& options) {
    std::unique_ptr<Graphics> graphics{new Graphics{display}};
    graphics->renderer_wish_ = options.renderer;
    std::optional<DrmNode>& node = graphics->node_;
    if (!graphics->replacement_)
        return std::unexpected("There is no memory for a timer.");
    request_renderer(options.renderer);
    if (!options.drm_device.empty()) {
        auto opened = DrmNode::open(options.drm_device);
        if (!opened)
            return std::unexpected(opened.error());
        node = std::move(*opened);
        if (!node->is_render)
            setenv("WLR_DRM_DEVICES", node->path.c_str(), 1);
    }

    request_terminal();
    graphics->backend_.reset(wlr_backend_autocreate(graphics->loop_, &graphics->session_));
    if (!graphics->backend_) {
        return std::unexpected("There is nowhere to show anything: no session to open a window in, "
                               "no screen, and WLR_BACKENDS doesn't name another way.");
    }
    if (node) {
        if (auto done = request_render_node(*node, graphics->backend()); !done)
            return std::unexpected(done.error());
    }
    graphics->watch_backend();
    graphics->watch_session();
    auto renderer = graphics->create_renderer();
    if (!renderer)
        return std::unexpected(renderer.error() + graphics->advice());
    graphics->use(*renderer);
    graphics->is_on_cpu_ = wlr_renderer_is_pixman(graphics->renderer());
    return graphics;
}

std::expected<Graphics::Renderer, std::string> Graphics::create_renderer() const {
    wlr_renderer* renderer = wlr_renderer_autocreate(backend());
    if (!renderer) {
        return std::unexpected(formatted(
            "The renderer ({}) can't be started; the lines above say why.", renderer_wish_));
    }
    return add_allocator(renderer);
}

std::string Graphics::advice() const {
    if (renderer_wish_ != "vulkan")
        return "";
    const std::string advice = " Try --renderer gles2, or pixman, which draws on the CPU.";
    const char* software = getenv("WLR_RENDERER_FORCE_SOFTWARE");
    const bool is_on_cpu = software && std::string_view{software} == "1";
    // Else wlroots has looked for a device by itself.
    if (!is_on_cpu && !node_)
        return advice;
    const std::string objection =
        vulkan_objection(vulkan_devices(is_on_cpu ? -1 : node_->fd.get()));
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
    Handle<wlr_backend, wlr_backend_destroy> nowhere;
    if (has_no_screen())
        nowhere.reset(wlr_headless_backend_create(loop_));
    return Allocator{wlr_allocator_autocreate(nowhere ? nowhere.get() : backend(), renderer)};
}

void Graphics::check_device() {
    if (is_lost_ || !is_unplugged(wlr_renderer_get_drm_fd(renderer())))
        return;
    log_event("lost", {{"renderer", renderer_name()}, {"pause", "0ms"}, {"reason", "device-gone"}});
    replace_at_once();
}

void Graphics::devices_changed(bool has_any_come) {
    check_device();
    if (!has_any_come)
        return;
    // Before the renderer, which has to make buffers for it.
    if (cards_)
        cards_->take_all();
    if (is_lost_ || is_stopgap_)
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
    if (!guard([&] { replace_renderer(true); }))
        start_pause();
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
    follow_named_devices();
    auto made = create_renderer();
    // wlroots falls back by itself, at once and for good, where no renderer was asked for.
    if (made && !is_on_cpu_ && wlr_renderer_is_pixman(made->renderer.get()))
        return std::unexpected("No renderer but one on the CPU can be started.");
    // One that is on its way out may let itself be opened.
    if (made && !place_.empty() && !wlr_renderer_is_pixman(made->renderer.get()) &&
        !has_device(made->renderer.get()))
        return std::unexpected("The device that the new renderer draws with is gone, too.");
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
        former_allocator_.reset();
    } catch (...) {
        // Something may still draw with the old one.
        static_cast<void>(renderer.allocator.release());
        static_cast<void>(renderer.renderer.release());
        throw;
    }
}

void Graphics::use(Renderer& other) {
    std::swap(renderer_, other.renderer);
    std::swap(allocator_, other.allocator);
    if (const int drawn_with = wlr_renderer_get_drm_fd(renderer()); drawn_with >= 0)
        place_ = device_place(drawn_with);
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
    cards_.emplace(
        *session_, *backend_, [this](const std::string& card) { return may_show_on(card); },
        [this] { first_card_came(); });
}

void Graphics::first_card_came() {
    const bool is_drawn_with = device_place(wlr_renderer_get_drm_fd(renderer())) ==
                               device_place(wlr_backend_get_drm_fd(backend()));
    if (!is_lost_ && !is_stopgap_ && is_drawn_with) {
        // The device's render node came before its card: only screens need other buffers.
        if (Allocator allocator = create_allocator(renderer())) {
            former_allocator_ = std::exchange(allocator_, std::move(allocator));
            return;
        }
    }
    replace_at_once();
}

bool Graphics::may_show_on(const std::string& card) {
    follow_named_devices();
    const char* named = getenv("WLR_DRM_DEVICES");
    return named == nullptr || (":" + std::string{named} + ":").contains(":" + card + ":");
}

void Graphics::follow_named_devices() const {
    const auto follow = [](const char* variable, const std::string& path) {
        if (getenv(variable) != nullptr && !path.empty())
            setenv(variable, path.c_str(), 1);
    };
    follow("WLR_RENDER_DRM_DEVICE", render_node_in(place_));
    if (node_ && !node_->is_render)
        follow("WLR_DRM_DEVICES", card_in(node_->place));
}

bool Graphics::has_no_screen() const {
    const int shown_on = wlr_backend_get_drm_fd(backend());
    return cards_ && (shown_on < 0 || is_unplugged(shown_on));
}

int Graphics::drm_fd() const noexcept {
    for (const int fd : {wlr_renderer_get_drm_fd(renderer()), wlr_backend_get_drm_fd(backend()),
                         node_ ? node_->fd.get() : -1}) {
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
