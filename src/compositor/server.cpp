#include "compositor/server.hpp"

#include "compositor/event_log.hpp"
#include "compositor/protocols.hpp"
#include "dmabuf/formatted.hpp"

#include <csignal>
#include <cstdlib>

namespace tarmac::compositor {

namespace {

/// For clients that stop reading for a moment: libwayland ends those to which 4 KiB can't be sent,
/// by default.
constexpr std::size_t UnsentEvents = 1 << 20;

} // namespace

std::expected<std::unique_ptr<Server>, std::string> Server::create(const Options& options,
                                                                   Inheritance inheritance) {
    Handle<wl_display, wl_display_destroy> display{wl_display_create()};
    if (!display)
        return std::unexpected("There is no memory for a Wayland display.");
    wl_display_set_default_max_buffer_size(display.get(), UnsentEvents);
    std::unique_ptr<Server> server{new Server{options, std::move(inheritance), std::move(display)}};
    if (auto done = server->create_parts(); !done)
        return std::unexpected(done.error());
    server->tie_parts();
    return server;
}

Server::Server(const Options& options, Inheritance inheritance,
               Handle<wl_display, wl_display_destroy> display)
    : options_{options}
    , inheritance_{std::move(inheritance)}
    , display_{std::move(display)}
    , interrupt_{wl_display_get_event_loop(display_.get()), SIGINT, [this] { end(0); }}
    , terminate_{wl_display_get_event_loop(display_.get()), SIGTERM, [this] { end(0); }}
    , reset_{wl_display_get_event_loop(display_.get()), SIGUSR1,
             [this] { graphics_->lose_renderer(); }}
    , child_{wl_display_get_event_loop(display_.get()), SIGCHLD, [this] {
                 if (const auto status = startup_ ? startup_->reap() : std::nullopt)
                     startup_ended(*status);
             }} {}

Server::~Server() {
    startup_.reset();
    // While everything that their objects refer to is there.
    wl_display_destroy_clients(display_.get());
}

std::expected<void, std::string> Server::create_parts() {
    auto graphics = Graphics::create(display_.get(), options_);
    if (!graphics)
        return std::unexpected(graphics.error());
    graphics_ = std::move(*graphics);
    compositor_ = wlr_compositor_create(display_.get(), 6, graphics_->renderer());
    // A commit has wlroots upload what it shows, before anything is drawn.
    bounds_.emplace(*compositor_, [this] { graphics_->check_device(); });
    scene_.emplace();
    auto* security_contexts = create_security_contexts(display_.get());
    if (options_.is_by_wlroots) {
        if (auto done = create_wlroots_dmabuf(display_.get(), *graphics_, scene_->get()); !done)
            return std::unexpected(done.error());
    } else {
        dmabufs_.emplace(display_.get(), compositor_, security_contexts, graphics_->renderer(),
                         graphics_->drm_fd());
    }
    outputs_.emplace(display_.get(), *graphics_, *scene_, options_.size);
    captures_ = create_protocols(display_.get(), *graphics_, outputs_->layout(), scene_->get());
    if (options_.wl_drm) {
        if (auto done = create_wl_drm(display_.get(), *graphics_); !done)
            return std::unexpected(done.error());
    }
    windows_.emplace(display_.get(), *scene_, *outputs_);
    window_captures_.emplace(display_.get(), *graphics_);
    seat_.emplace(display_.get(), *graphics_, *scene_, *outputs_, *windows_, [this] { end(0); });
    return {};
}

void Server::tie_parts() {
    graphics_->on_renderer_lost = [this] {
        if (dmabufs_)
            dmabufs_->pause();
    };
    graphics_->on_replaced = [this] { use_new_renderer(); };
    graphics_->on_new_allocator = [this] {
        window_captures_->stop();
        outputs_->use_new_renderer();
    };
    graphics_->on_lost = [this](const std::string& reason) {
        log_event("error", {{"reason", quoted(reason)}});
        end(1);
    };
    outputs_->on_added = [this](wlr_scene_output& output) {
        if (dmabufs_)
            dmabufs_->follow(output);
        captures_->follow(*output.output);
    };
    outputs_->on_drawn = [this] { seat_->look_again(); };
    outputs_->on_change = [this] {
        seat_->map_devices();
        windows_->layers().follow_outputs();
        windows_->follow_outputs();
    };
    outputs_->on_closed = [this] { end(0); };
}

std::expected<int, std::string> Server::run() {
    const char* socket = wl_display_add_socket_auto(display_.get());
    if (socket == nullptr) {
        return std::unexpected("No socket can be made for clients; XDG_RUNTIME_DIR has to name a "
                               "directory that can be written to.");
    }
    if (!wlr_backend_start(graphics_->backend()))
        return std::unexpected("The backend can't be started; the lines above say why.");
    if (auto done = offer_inspection(socket); !done)
        return std::unexpected(done.error());
    log_event("ready", {{"socket", bare(socket)},
                        {"renderer", graphics_->renderer_name()},
                        {"device", bare(graphics_->device_path())}});
    if (!options_.startup.empty()) {
        auto startup = StartupChild::start(options_.startup, socket, inheritance_);
        if (!startup)
            return std::unexpected(startup.error());
        startup_.emplace(std::move(*startup));
    }
    // wl_display_run() doesn't see a wl_display_terminate() from before it.
    if (!has_ended_)
        wl_display_run(display_.get());
    return status_;
}

std::expected<void, std::string> Server::offer_inspection(const std::string& socket) {
    if (!options_.inspect && options_.inspect_socket.empty())
        return {};
    if (!dmabufs_)
        return std::unexpected("wlroots' own handler of dma-bufs can't be inspected.");
    // libwayland has made its socket there.
    const std::string path =
        options_.inspect_socket.empty()
            ? formatted("{}/{}-inspect", std::getenv("XDG_RUNTIME_DIR"), socket)
            : options_.inspect_socket;
    return dmabufs_->offer_inspection(wl_display_get_event_loop(display_.get()), path);
}

void Server::use_new_renderer() {
    window_captures_->stop();
    wlr_compositor_set_renderer(compositor_, graphics_->renderer());
    if (dmabufs_)
        dmabufs_->use_new_renderer(graphics_->renderer(), graphics_->drm_fd());
    outputs_->use_new_renderer();
    seat_->show_cursor_anew();
    log_event("replaced", {{"renderer", graphics_->renderer_name()},
                           {"device", bare(graphics_->device_path())}});
}

void Server::startup_ended(int status) {
    if (options_.exit_with_client)
        end(status);
}

void Server::end(int status) {
    // Windows close before it is known that they did because the session is gone.
    if (status_ == 0)
        status_ = status;
    has_ended_ = true;
    wl_display_terminate(display_.get());
}

} // namespace tarmac::compositor
