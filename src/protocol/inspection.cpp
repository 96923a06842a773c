#include <tarmac/inspection.hpp>

#include <fcntl.h>
#include <list>
#include <unistd.h>

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

} // namespace

/// A display of its own, turned by the compositor's event loop: so the ordinary one never has the
/// global, and this one no other.
struct Inspection::Life {
    Life(std::weak_ptr<LinuxDmabuf::State> looked_at, InspectionSocket made)
        : state{std::move(looked_at)}, socket{std::move(made)} {}
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;
    ~Life() {
        end();
        if (display) {
            wl_display_destroy_clients(display);
            wl_display_destroy(display);
        }
    }

    Result<void> listen(wl_event_loop* loop);
    void turn() noexcept {
        wl_event_loop_dispatch(wl_display_get_event_loop(display), 0);
        wl_display_flush_clients(display);
    }
    /// No more turns.
    void end() noexcept {
        if (turns)
            wl_event_source_remove(std::exchange(turns, nullptr));
        loop_gone.disconnect();
    }
    void bind(wl_client* client, std::uint32_t version, std::uint32_t id);
    void tell_refusal(const Snapshot::Refusal& refusal) noexcept;

    std::weak_ptr<LinuxDmabuf::State> state;
    InspectionSocket socket;
    wl_display* display = nullptr;
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
                guard_for(asking, [&] {
                    const auto looked_at = object_of<Life>(resource).state.lock();
                    ToldSnapshot::create(resource, snapshot_id, looked_at.get());
                });
            },
        .follow_refusals =
            [](wl_client* asking, wl_resource* resource, std::uint32_t refusals_id) {
                guard_for(asking, [&] {
                    create_resource<Follower>(asking, tarmac_inspect_refusals_v1_interface,
                                              wl_resource_get_version(resource), refusals_id,
                                              &refusals_requests,
                                              object_of<Life>(resource).followers);
                });
            },
    };
    wl_resource* resource =
        wl_resource_create(client, &tarmac_inspect_v1_interface, static_cast<int>(version), id);
    if (!resource)
        return wl_client_post_no_memory(client);
    wl_resource_set_implementation(resource, &requests, this, nullptr);
}

Result<void> Inspection::Life::listen(wl_event_loop* loop) {
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
    // libwayland closes its own.
    const int listening = fcntl(socket.fd(), F_DUPFD_CLOEXEC, 0);
    if (listening < 0 || wl_display_add_socket_fd(display, listening) != 0) {
        if (listening >= 0)
            close(listening);
        return fail_to("the place");
    }
    turns = wl_event_loop_add_fd(
        loop, wl_event_loop_get_fd(wl_display_get_event_loop(display)), WL_EVENT_READABLE,
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
    if (const auto looked_at = state.lock())
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
    auto life = std::make_unique<Life>(dmabuf.state(), std::move(*socket));
    return life->listen(loop).transform([&] { return Inspection{std::move(life)}; });
}

Inspection::Inspection(std::unique_ptr<Life> life) noexcept : life_{std::move(life)} {}
Inspection::Inspection(Inspection&&) noexcept = default;
Inspection& Inspection::operator=(Inspection&&) noexcept = default;
Inspection::~Inspection() = default;

const std::string& Inspection::path() const noexcept {
    return life_->socket.path();
}

} // namespace tarmac
