#include "support/local_shell.hpp"

#include <algorithm>
#include <ctime>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "compositor/wlr_shells.hpp"
#include "support/color_representation.hpp"
#include "support/patience.hpp"

namespace test {

using namespace std::chrono_literals;

namespace {

/// Longer than anything that a test waits for takes on a busy machine.
std::chrono::seconds longest_wait() {
    return 8s * slowness();
}

std::chrono::nanoseconds time_of_thread() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

/// A surface for as long as it lives.
struct LocalShell::Follower {
    wlr_surface* surface;
    tarmac::Listener commit, destroy;
};

LocalShell::LocalShell(Drawing drawing, Settings settings) : compositor{std::in_place} {
    if (settings.has_own_renderer)
        drawer_ = &own_drawer_.emplace(drawing);
    else
        drawer_ = &Drawer::shared(drawing);
    wl_display* display = compositor->display();
    wlr_renderer_init_wl_shm(drawer_->renderer(), display);
    surfaces = wlr_compositor_create(display, 6, drawer_->renderer());
    wlr_subcompositor_create(display);
    wlr_viewporter_create(display);
    wlr_data_device_manager_create(display);
    create_color_representation(display, YuvColors);
    seat = wlr_seat_create(display, "seat");
    wlr_seat_set_capabilities(seat, WL_SEAT_CAPABILITY_POINTER);
    wlr_presentation_create(display, nullptr, 1);
    auto* methods = wlr_input_method_manager_v2_create(display);
    new_method_.connect<wlr_input_method_v2>(tarmac::compositor::new_input_method_of(*methods),
                                             [](wlr_input_method_v2* method) {
                                                 wlr_input_method_v2_send_activate(method);
                                                 wlr_input_method_v2_send_done(method);
                                             });
    wlr_layer_shell_v1_create(display, 4);
    xdg_shell = wlr_xdg_shell_create(display, 5);
    if (settings.importers.empty())
        settings.importers = drawer_->importers();
    global.emplace(make_global(display, surfaces, settings.importers, std::move(settings.global)));

    new_surface_.connect<wlr_surface>(surfaces->events.new_surface, [this](wlr_surface* surface) {
        const auto made = followers_.emplace(followers_.end(), surface);
        made->commit.connect(surface->events.commit, [this, surface] { configure(surface); });
        made->destroy.connect(surface->events.destroy, [this, made] { followers_.erase(made); });
    });
    auto* locks = wlr_session_lock_manager_v1_create(display);
    new_lock_.connect<wlr_session_lock_v1>(locks->events.new_lock, [this](auto* created) {
        lock = created;
        lock_surface_.connect<wlr_session_lock_surface_v1>(
            lock->events.new_surface, [](wlr_session_lock_surface_v1* surface) {
                wlr_session_lock_surface_v1_configure(surface, PictureWidth, PictureHeight);
            });
        lock_gone_.connect(lock->events.destroy, [this] {
            lock = nullptr;
            lock_surface_.disconnect();
            lock_gone_.disconnect();
        });
        wlr_session_lock_v1_send_locked(lock);
    });
    start_drag_.connect<wlr_seat_request_start_drag_event>(
        seat->events.request_start_drag, [this](wlr_seat_request_start_drag_event* event) {
            wlr_seat_start_drag(seat, event->drag, event->serial);
        });
}

LocalShell::~LocalShell() {
    after_turn = nullptr;
    clients.clear();
    if (compositor)
        wl_display_destroy_clients(compositor->display());
    global.reset();
    if (compositor)
        destroy_display();
}

void LocalShell::destroy_renderer() {
    REQUIRE(own_drawer_);
    own_drawer_->destroy();
}

void LocalShell::destroy_display() {
    wl_display_destroy_clients(compositor->display());
    new_surface_.disconnect();
    new_lock_.disconnect();
    start_drag_.disconnect();
    // wlroots leaves a drag behind that goes on when its seat goes.
    if (seat->drag)
        wlr_seat_keyboard_end_grab(seat);
    new_method_.disconnect();
    if (backend_)
        wlr_backend_destroy(std::exchange(backend_, nullptr));
    compositor.reset();
}

void LocalShell::end_lock() {
    wlr_session_lock_v1_destroy(lock);
}

wlr_output* LocalShell::output() {
    if (!output_) {
        backend_ = wlr_headless_backend_create(loop());
        output_ = wlr_headless_add_output(backend_, PictureWidth, PictureHeight);
        wlr_output_create_global(output_, compositor->display());
    }
    return output_;
}

RawClient& LocalShell::connect() {
    tarmac::Fd socket = compositor->connect();
    wl_list* newest = wl_display_get_client_list(compositor->display())->prev;
    RawClient& client = clients.emplace_back(6u, socket, [this] { dispatch(0ms); });
    peers_[&client] = wl_client_from_link(newest);
    return client;
}

void LocalShell::kill(RawClient& client) {
    wl_client_destroy(peers_.at(&client));
    turn();
}

void LocalShell::dispatch(std::chrono::milliseconds longest) {
    if (!compositor)
        return;
    if (before_turn)
        before_turn();
    if (marks_turns)
        syscall(SYS_getppid);
    const auto begin = time_of_thread();
    wl_event_loop_dispatch(loop(), static_cast<int>(longest.count()));
    if (compositor)
        wl_display_flush_clients(compositor->display());
    longest_turn = std::max(longest_turn, time_of_thread() - begin);
    if (marks_turns)
        syscall(SYS_getppid);
    if (compositor && after_turn)
        after_turn();
}

void LocalShell::turn(std::chrono::milliseconds longest) {
    if (longest > 0ms)
        dispatch(longest);
    // Each has a turn of its own, in which the event loop doesn't wait.
    for (RawClient& client : clients)
        client.wait_until([n = 0]() mutable { return n++ > 0; });
    if (clients.empty())
        dispatch(0ms);
}

bool LocalShell::await(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + longest_wait();
    turn();
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        turn(5ms);
    }
    return true;
}

void LocalShell::settle() {
    for (int i = 0; i < 3; ++i) {
        for (RawClient& client : clients) {
            if (client.connection() == Answer{})
                client.round_trip();
        }
        turn();
    }
}

void LocalShell::send_frames() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (Follower& follower : followers_)
        wlr_surface_send_frame_done(follower.surface, &now);
    turn();
}

/// The first commit of a role that is told its size asks for it.
void LocalShell::configure(wlr_surface* surface) {
    if (auto* xdg = wlr_xdg_surface_try_from_wlr_surface(surface); xdg && xdg->initial_commit)
        wlr_xdg_surface_schedule_configure(xdg);
    auto* layer = wlr_layer_surface_v1_try_from_wlr_surface(surface);
    if (layer && layer->initial_commit)
        wlr_layer_surface_v1_configure(layer, PictureWidth, PictureHeight);
}

} // namespace test
