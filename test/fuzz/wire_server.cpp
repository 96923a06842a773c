#include "fuzz/wire_server.hpp"

#include <drm_fourcc.h>

#include "fuzz/input.hpp"
#include "fuzz/wire_memory.hpp"
#include "fuzz/wire_renderer.hpp"
#include "support/color_representation.hpp"
#include "wlr/wlr.hpp"

namespace fuzz {

using namespace std::chrono_literals;

namespace {

// All in proportion to what clients can do in one input.
constexpr tarmac::Quotas SmallQuotas = {.params = 64,
                                        .feedback_objects = 64,
                                        .binds = 64,
                                        .buffers = Server::ManyBuffers,
                                        .held_commits = 64,
                                        .descriptors = 512,
                                        .mappings = 512,
                                        .mapped_bytes = 4 << 20,
                                        .copied_bytes = 1 << 20};
constexpr auto ShortTimeout = 20ms;

template <class T>
T must(tarmac::Result<T> made) {
    FUZZ_CHECK(made, made.error().message);
    return std::move(*made);
}

constexpr wlr_color_representation_v1_coeffs_and_range OfferedColors[] = {
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
    {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY,
     WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
};

tarmac::LinuxDmabuf::Options usual_options() {
    tarmac::LinuxDmabuf::Options options;
    options.quotas = SmallQuotas;
    options.ready_timeout = ShortTimeout;
    options.workers = 1;
    return options;
}

} // namespace

struct Server::Follower {
    wlr_surface* surface;
    tarmac::Listener commit, destroy;
};

Server& Server::shared() {
    wlr_log_init(WLR_SILENT, nullptr);
    // Never destroyed: what ends with the process needs no order.
    static Server& server = *new Server;
    return server;
}

Server::Server() : display_{wl_display_create()}, renderer_{create_renderer()} {
    wl_log_set_handler_server([](const char*, va_list) {});
    gather_news(display_);
    Memory::shared();
    wlr_shm_create_with_renderer(display_, 1, renderer_);
    compositor_ = wlr_compositor_create(display_, 6, renderer_);
    wlr_subcompositor_create(display_);
    wlr_viewporter_create(display_);
    test::create_color_representation(display_, OfferedColors);
    wlr_xdg_shell_create(display_, 5);
    make_importers();
    make_feedbacks();
    make_global(usual_options());
    if (Memory::shared().timeline_fd() >= 0)
        static_cast<void>(global_->offer_explicit_sync());
    new_surface_.connect<wlr_surface>(compositor_->events.new_surface,
                                      [this](wlr_surface* surface) { follow(surface); });
    // What is opened once and kept has been opened then.
    expect_service();
    look_at_pictures();
    replace_renderer();
    replace_renderer();
    note_fds();
}

void Server::make_importers() {
    // Not every renderer has anything to import.
    if (auto made = tarmac::create_renderer_importer(renderer_, main_device()))
        importing_ = std::move(*made);
    mapping_ = must(tarmac::create_mapped_importer(renderer_, main_device()));
}

std::vector<tarmac::Importer*> Server::importers(unsigned choice) const {
    if (!importing_)
        return {mapping_.get()};
    switch (choice % 4) {
    case 0:
        return {importing_.get(), mapping_.get()};
    case 1:
        return {mapping_.get()};
    case 2:
        return {importing_.get()};
    default:
        return {mapping_.get(), importing_.get()};
    }
}

void Server::make_global(tarmac::LinuxDmabuf::Options options) {
    global_.reset();
    global_.emplace(
        must(tarmac::LinuxDmabuf::create(display_, compositor_, importers(0), std::move(options))));
    for (const Follower& follower : followers_)
        static_cast<void>(global_->follow(*follower.surface));
}

void Server::follow(wlr_surface* surface) {
    const auto made = followers_.emplace(followers_.end(), surface);
    made->commit.connect(surface->events.commit, [surface] {
        auto* xdg = wlr_xdg_surface_try_from_wlr_surface(surface);
        if (xdg && xdg->initial_commit)
            wlr_xdg_surface_schedule_configure(xdg);
    });
    made->destroy.connect(surface->events.destroy, [this, made] { followers_.erase(made); });
}

wlr_surface* Server::surface(unsigned which) const {
    if (followers_.empty())
        return nullptr;
    return std::next(followers_.begin(), which % static_cast<unsigned>(followers_.size()))->surface;
}

void Server::turn(std::chrono::milliseconds longest) {
    wl_event_loop_dispatch(wl_display_get_event_loop(display_), static_cast<int>(longest.count()));
    wl_display_flush_clients(display_);
}

void Server::end_client(unsigned which) {
    wl_list* clients = wl_display_get_client_list(display_);
    if (wl_list_empty(clients))
        return;
    wl_list* link = clients->next;
    for (unsigned i = which % static_cast<unsigned>(wl_list_length(clients)); i > 0; --i)
        link = link->next;
    wl_client_destroy(wl_client_from_link(link));
}

void Server::send_frames() {
    timespec now{};
    for (const Follower& follower : followers_)
        wlr_surface_send_frame_done(follower.surface, &now);
}

void Server::replace_importers(unsigned choice) {
    is_as_usual_ = false;
    static_cast<void>(global_->set_importers(importers(choice)));
}

void Server::replace_renderer() {
    wlr_renderer* old = std::exchange(renderer_, create_renderer());
    wlr_compositor_set_renderer(compositor_, renderer_);
    const auto old_importing = std::move(importing_), old_mapping = std::move(mapping_);
    make_importers();
    FUZZ_CHECK(global_->set_importers(importers(0)), "those of the new renderer aren't taken");
    end_renderer(old);
}

void Server::replace_global(unsigned version, bool imports_at_once, bool ends_overdue) {
    is_as_usual_ = false;
    auto options = usual_options();
    options.version = version;
    if (!imports_at_once)
        options.import_budget = {};
    if (ends_overdue) {
        options.on_overdue = [](wl_client*) { return tarmac::OverdueAnswer::Disconnect; };
        options.immediate_failure = tarmac::ImmediateFailure::Fatal;
    }
    make_global(std::move(options));
}

void Server::make_as_usual() {
    if (!std::exchange(is_as_usual_, true))
        make_global(usual_options());
}

void Server::pause() {
    global_->pause();
}

void Server::resume() {
    global_->resume();
}

void Server::make_feedbacks() {
    std::uint64_t modifier = DRM_FORMAT_MOD_INVALID;
    for (auto& made : feedbacks_) {
        tarmac::FormatSet few;
        few.add({DRM_FORMAT_XRGB8888, modifier});
        made = must(tarmac::FeedbackBuilder{}
                        .add_tranche({1, tarmac::TrancheFlags::Scanout, few})
                        .add_tranche({main_device(), tarmac::TrancheFlags::Sampling,
                                      (importing_ ? importing_ : mapping_)->formats()})
                        .build());
        modifier =
            modifier == DRM_FORMAT_MOD_INVALID ? DRM_FORMAT_MOD_LINEAR : DRM_FORMAT_MOD_INVALID;
    }
}

void Server::change_feedback(unsigned choice) {
    is_as_usual_ = false;
    global_->set_default_feedback(feedback(choice));
}

void Server::change_surface_feedback(unsigned which, unsigned choice) {
    if (wlr_surface* meant = surface(which))
        global_->set_surface_feedback(meant->resource, choice % 4 ? feedback(choice) : nullptr);
}

void Server::lock_buffer(unsigned which) {
    wlr_surface* meant = surface(which);
    if (meant && meant->buffer)
        locked_.push_back(wlr_buffer_lock(&meant->buffer->base));
}

void Server::unlock_buffers() {
    for (wlr_buffer* buffer : std::exchange(locked_, {}))
        wlr_buffer_unlock(buffer);
}

void Server::look_at_pictures() {
    std::vector<wlr_surface*> surfaces;
    for (const Follower& follower : followers_) {
        const auto shown = global_->shown_picture(*follower.surface);
        wlr_dmabuf_attributes dmabuf;
        if (shown && shown->buffer)
            static_cast<void>(wlr_buffer_get_dmabuf(shown->buffer, &dmabuf));
        surfaces.push_back(follower.surface);
    }
    draw(renderer_, surfaces);
}

} // namespace fuzz
