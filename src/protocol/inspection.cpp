#include <tarmac/inspection.hpp>

#include <algorithm>
#include <list>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "dmabuf/formatted.hpp"
#include "protocol/inspection_socket.hpp"
#include "protocol/linux_dmabuf_state.hpp"
#include "protocol/resource.hpp"
#include "protocol/told_snapshot.hpp"
#include "tarmac-inspect-v1-protocol.h"
#include "wlr/guard.hpp"
#include "wlr/listener.hpp"

namespace tarmac {

namespace {

constexpr int InspectVersion = 1;
/// What a program may leave unread: some entries with large format tables.
constexpr std::size_t MostUnread = std::size_t{1} << 20;
/// Each has two descriptors, what it leaves unread, and a snapshot.
constexpr int MostConnections = 16;
/// Until it is tried again to let somebody in for whom there was no descriptor.
constexpr int ClosedMilliseconds = 100;

using EventSource =
    std::unique_ptr<wl_event_source,
                    decltype([](wl_event_source* source) { wl_event_source_remove(source); })>;

} // namespace

/// A display of its own, turned by the compositor's event loop: so the ordinary one never has the
/// global, and this one no other.
struct Inspection::Life {
    Life(std::weak_ptr<LinuxDmabuf::State> looked_at, InspectionSocket made)
        : socket{std::move(made)}, snapshots{std::move(looked_at)} {}
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;
    ~Life() {
        end();
        door.reset();
        opening.reset();
        if (display) {
            wl_display_destroy_clients(display);
            wl_display_destroy(display);
        }
    }

    Result<void> listen(wl_event_loop* loop, LinuxDmabuf::State* looked_at);
    void let_in() noexcept;
    void end_half_closed() const noexcept;
    void turn() noexcept {
        wl_event_loop_dispatch(own_loop(), 0);
        snapshots.answer();
        wl_display_flush_clients(display);
        end_half_closed();
    }
    /// No more turns.
    void end() noexcept {
        if (turns)
            wl_event_source_remove(std::exchange(turns, nullptr));
        loop_gone.disconnect();
    }
    void bind(wl_client* client, std::uint32_t version, std::uint32_t id);
    void follow_refusals(wl_resource* inspect, std::uint32_t id);
    void tell_refusal(const Snapshot::Refusal& refusal) noexcept;
    wl_event_loop* own_loop() const noexcept { return wl_display_get_event_loop(display); }

    InspectionSocket socket;
    wl_display* display = nullptr;
    EventSource door, opening; ///< of own_loop(), and to be removed before it
    ToldSnapshots snapshots;
    wl_event_source* turns = nullptr;
    Listener loop_gone, refused;
    std::list<wl_resource*> followers;
};

namespace {

/// A tarmac_inspect_refusals_v1.
class Follower {
public:
    Follower(wl_resource* resource, std::list<wl_resource*>& all)
        : all_{all}, place_{all.insert(all.end(), resource)} {}
    ~Follower() { all_.erase(place_); }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

private:
    std::list<wl_resource*>& all_;
    std::list<wl_resource*>::iterator place_;
};

constexpr struct tarmac_inspect_refusals_v1_interface refusals_requests = {
    .destroy = destroy_resource,
};

} // namespace

void Inspection::Life::bind(wl_client* client, std::uint32_t version, std::uint32_t id) {
    static constexpr struct tarmac_inspect_v1_interface requests = {
        .destroy = destroy_resource,
        .take_snapshot =
            [](wl_client* asking, wl_resource* resource, std::uint32_t snapshot_id) {
                guard_for(asking,
                          [&] { object_of<Life>(resource).snapshots.take(resource, snapshot_id); });
            },
        .follow_refusals =
            [](wl_client* asking, wl_resource* resource, std::uint32_t refusals_id) {
                guard_for(asking, [&] {
                    object_of<Life>(resource).follow_refusals(resource, refusals_id);
                });
            },
    };
    wl_resource* resource =
        wl_resource_create(client, &tarmac_inspect_v1_interface, static_cast<int>(version), id);
    if (!resource)
        return wl_client_post_no_memory(client);
    wl_resource_set_implementation(resource, &requests, this, nullptr);
}

void Inspection::Life::follow_refusals(wl_resource* inspect, std::uint32_t id) {
    wl_client* client = wl_resource_get_client(inspect);
    if (std::ranges::contains(followers, client, wl_resource_get_client))
        return wl_resource_post_error(inspect, TARMAC_INSPECT_V1_ERROR_FOLLOWS_ALREADY,
                                      "refusals are followed already");
    create_resource<Follower>(client, tarmac_inspect_refusals_v1_interface,
                              wl_resource_get_version(inspect), id, &refusals_requests, followers);
}

void Inspection::Life::let_in() noexcept {
    const int connection = accept4(socket.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
        // Who couldn't be let in is still there, which would be told again at once.
        wl_event_source_fd_update(door.get(), 0);
        wl_event_source_timer_update(opening.get(), ClosedMilliseconds);
        return;
    }
    const bool is_full = wl_list_length(wl_display_get_client_list(display)) >= MostConnections;
    wl_client* client = wl_client_create(display, connection);
    if (!client) {
        close(connection);
        return;
    }
    if (is_full) {
        wl_client_post_implementation_error(client, "%d programs look already", MostConnections);
        wl_client_flush(client);
        wl_client_destroy(client);
    }
}

void Inspection::Life::end_half_closed() const noexcept {
    // For the rest of a request that can't come any more libwayland (1.26) looks without end.
    wl_list* all = wl_display_get_client_list(display);
    for (wl_list* place = all->next; place != all;) {
        wl_client* client = wl_client_from_link(std::exchange(place, place->next));
        pollfd state{wl_client_get_fd(client), POLLRDHUP, 0};
        if (poll(&state, 1, 0) > 0 && (state.revents & POLLRDHUP))
            wl_client_destroy(client);
    }
}

Result<void> Inspection::Life::listen(wl_event_loop* loop, LinuxDmabuf::State* looked_at) {
    const auto fail_to = [](const char* what) {
        return fail(Fault::OutOfResources,
                    formatted("{} for programs that look can't be made", what));
    };
    display = wl_display_create();
    if (!display)
        return fail_to("the display");
    wl_display_set_default_max_buffer_size(display, MostUnread);
    const auto bind_global = [](wl_client* client, void* self, std::uint32_t version,
                                std::uint32_t id) {
        guard_for(client, [=] { static_cast<Life*>(self)->bind(client, version, id); });
    };
    if (!wl_global_create(display, &tarmac_inspect_v1_interface, InspectVersion, this, bind_global))
        return fail_to("the global tarmac_inspect_v1");
    door.reset(wl_event_loop_add_fd(
        own_loop(), socket.fd(), WL_EVENT_READABLE,
        [](int, std::uint32_t, void* self) {
            static_cast<Life*>(self)->let_in();
            return 0;
        },
        this));
    // Made while there are descriptors.
    opening.reset(wl_event_loop_add_timer(
        own_loop(),
        [](void* self) {
            wl_event_source_fd_update(static_cast<Life*>(self)->door.get(), WL_EVENT_READABLE);
            return 0;
        },
        this));
    if (!door || !opening)
        return fail_to("the place");
    turns = wl_event_loop_add_fd(
        loop, wl_event_loop_get_fd(own_loop()), WL_EVENT_READABLE,
        [](int, std::uint32_t, void* self) {
            static_cast<Life*>(self)->turn();
            return 0;
        },
        this);
    if (!turns)
        return fail_to("the event source");
    wl_event_loop_add_destroy_listener(loop, loop_gone.prepare([this] {
        // The event source goes with the loop.
        turns = nullptr;
        loop_gone.disconnect();
    }));
    if (looked_at)
        refused.connect(looked_at->refused(), [this](void* refusal) {
            tell_refusal(*static_cast<const Snapshot::Refusal*>(refusal));
        });
    return {};
}

void Inspection::Life::tell_refusal(const Snapshot::Refusal& refusal) noexcept {
    for (wl_resource* follower : followers)
        guard_for(wl_resource_get_client(follower), [&] { send_refusal(follower, refusal); });
    if (!followers.empty())
        wl_display_flush_clients(display);
}

Result<Inspection> Inspection::create(LinuxDmabuf& dmabuf, wl_event_loop* loop, std::string path) {
    auto socket = InspectionSocket::create(std::move(path));
    if (!socket)
        return std::unexpected(socket.error());
    const auto looked_at = dmabuf.state();
    auto life = std::make_unique<Life>(looked_at, std::move(*socket));
    return life->listen(loop, looked_at.get()).transform([&] {
        return Inspection{std::move(life)};
    });
}

Inspection::Inspection(std::unique_ptr<Life> life) noexcept : life_{std::move(life)} {}
Inspection::Inspection(Inspection&&) noexcept = default;
Inspection& Inspection::operator=(Inspection&&) noexcept = default;
Inspection::~Inspection() = default;

const std::string& Inspection::path() const noexcept {
    return life_->socket.path();
}

} // namespace tarmac
