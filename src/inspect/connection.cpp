#include "inspect/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <sys/socket.h>
#include <sys/un.h>
#include <tarmac/fd.hpp>
#include <utility>
#include <vector>
#include <wayland-client-core.h>
#include <wayland-client-protocol.h>

#include "dmabuf/formatted.hpp"
#include "inspect/snapshot_reader.hpp"
#include "tarmac-inspect-v1-client-protocol.h"

namespace tarmac::inspect {

namespace {

constexpr std::uint32_t KnownVersion = 1;

const char* environment(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? value : nullptr;
}

/// Of the compositor in this environment's WAYLAND_DISPLAY; an error says what is missing.
std::expected<std::string, std::string> default_path() {
    const char* display = environment("WAYLAND_DISPLAY");
    if (!display)
        return std::unexpected("WAYLAND_DISPLAY names no compositor: start this within its "
                               "session, or name the socket with --inspect-socket PATH.");
    if (*display == '/')
        return formatted("{}-inspect", display);
    const char* directory = environment("XDG_RUNTIME_DIR");
    if (!directory)
        return std::unexpected("XDG_RUNTIME_DIR isn't set: name the socket with --inspect-socket "
                               "PATH.");
    return formatted("{}/{}-inspect", directory, display);
}

/// By its path alone, whatever WAYLAND_SOCKET says. Empty, with errno, if nobody is there.
Fd connect_to(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return {};
    }
    path.copy(address.sun_path, path.size());
    Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return socket && connect(socket.get(), generic, sizeof address) == 0 ? std::move(socket) : Fd{};
}

/// Refusals that have come and weren't told yet.
using Refusals = std::vector<Json>;

constexpr tarmac_inspect_refusals_v1_listener refusals_events = {
    .refusal =
        [](void* data, auto*, std::uint32_t client, std::int32_t pid, const char* process,
           std::uint32_t seconds_hi, std::uint32_t seconds_lo, std::uint32_t microseconds,
           std::uint32_t is_fatal, const char* reason) {
            static_cast<Refusals*>(data)->push_back(refusal_json(
                client, pid, process, seconds_hi, seconds_lo, microseconds, is_fatal, reason));
        },
};

} // namespace

int complain(const std::string& sentence) {
    std::cerr << "tarmac-inspect: " << sentence << '\n';
    return 1;
}

int complain_unwritten() {
    return complain("What there is can't be written to standard output.");
}

struct Connection::Globals {
    explicit Globals(wl_display* display) : registry{wl_display_get_registry(display)} {
        static constexpr wl_registry_listener events = {
            .global =
                [](void* data, wl_registry* from, std::uint32_t name, const char* interface,
                   std::uint32_t) {
                    if (std::strcmp(interface, tarmac_inspect_v1_interface.name) == 0)
                        static_cast<Globals*>(data)->inspect =
                            static_cast<tarmac_inspect_v1*>(wl_registry_bind(
                                from, name, &tarmac_inspect_v1_interface, KnownVersion));
                },
            .global_remove = [](void*, wl_registry*, std::uint32_t) {},
        };
        wl_registry_add_listener(registry, &events, this);
    }
    Globals(const Globals&) = delete;
    Globals& operator=(const Globals&) = delete;
    ~Globals() {
        if (inspect)
            tarmac_inspect_v1_destroy(inspect);
        wl_registry_destroy(registry);
    }

    wl_registry* registry;
    tarmac_inspect_v1* inspect = nullptr;
};

void Connection::Disconnect::operator()(wl_display* display) const noexcept {
    wl_display_disconnect(display);
}

Connection::Connection(Display display, std::unique_ptr<Globals> globals)
    : display_{std::move(display)}, globals_{std::move(globals)} {}
Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

std::expected<Connection, std::string> Connection::open(std::string path) {
    if (path.empty()) {
        auto found = default_path();
        if (!found)
            return std::unexpected(found.error());
        path = std::move(*found);
    }
    Fd socket = connect_to(path);
    if (!socket && (errno == ENOENT || errno == ECONNREFUSED))
        return std::unexpected(
            formatted("No compositor lets itself be inspected at {}: tarmac-compositor does with "
                      "--inspect, others if they use tarmac::Inspection.",
                      path));
    // libwayland closes it, also if that fails.
    const int taken = socket ? fcntl(socket.get(), F_DUPFD_CLOEXEC, 0) : -1;
    Display display{taken >= 0 ? wl_display_connect_to_fd(taken) : nullptr};
    if (!display)
        return std::unexpected(formatted("{} can't be used: {}.", path, std::strerror(errno)));
    auto globals = std::make_unique<Globals>(display.get());
    if (wl_display_roundtrip(display.get()) < 0)
        return std::unexpected(formatted("The compositor at {} ended the connection.", path));
    if (!globals->inspect)
        return std::unexpected(
            formatted("What is at {} is a Wayland socket without {}: it is not for inspection.",
                      path, tarmac_inspect_v1_interface.name));
    return Connection{std::move(display), std::move(globals)};
}

std::string Connection::why_ended() const {
    const int error = wl_display_get_error(display_.get());
    return error == EPIPE || error == ECONNRESET || error == 0
               ? "The compositor has ended the connection."
               : formatted("The connection has ended: {}.", std::strerror(error));
}

std::expected<Json, std::string> Connection::take_snapshot() {
    SnapshotReader reader{tarmac_inspect_v1_take_snapshot(globals_->inspect)};
    while (!reader.is_over()) {
        if (wl_display_dispatch(display_.get()) < 0)
            return std::unexpected(why_ended());
    }
    if (!reader.failure().empty())
        return std::unexpected(formatted("The compositor tells nothing: {}.", reader.failure()));
    return reader.take();
}

std::string Connection::follow_refusals(const std::function<void(const Json&)>& tell) {
    const auto destroy = [](tarmac_inspect_refusals_v1* object) {
        tarmac_inspect_refusals_v1_destroy(object);
    };
    const std::unique_ptr<tarmac_inspect_refusals_v1, decltype(destroy)> object{
        tarmac_inspect_v1_follow_refusals(globals_->inspect), destroy};
    Refusals come;
    tarmac_inspect_refusals_v1_add_listener(object.get(), &refusals_events, &come);
    // Those that come before the snapshot is taken are in it, too.
    const auto snapshot = take_snapshot();
    if (!snapshot)
        return snapshot.error();
    const Json& known = (*snapshot)["refusals"];
    std::ranges::for_each(known, tell);
    do {
        for (const Json& refusal : std::exchange(come, {})) {
            if (std::ranges::find(known, refusal) == known.end())
                tell(refusal);
        }
    } while (wl_display_dispatch(display_.get()) >= 0);
    return why_ended();
}

} // namespace tarmac::inspect
