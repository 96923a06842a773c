#pragma once

#include <array>
#include <optional>

#include "fuzz/input.hpp"
#include "fuzz/wire_client.hpp"

struct wl_message;

namespace fuzz {

class Server;

/// A number that means something to somebody, or now and then any.
std::uint32_t number(test::FuzzInput& input);

/// The clients of one input. Which of them does something, and with what, is read from the input;
/// who has ended is there again as a new client when it is to do something, a few times.
class Clients {
public:
    explicit Clients(Server& server) : server_{server} {}

    /// Any request of any object, mostly with arguments of the right kind.
    void write_request(test::FuzzInput& input);
    // What would take luck to come by
    /// Params, planes and a buffer, mostly of an image that can be shown, with one number wrong now
    /// and then.
    void make_buffer(test::FuzzInput& input);
    /// Attaches a buffer, or none, and commits.
    void show(test::FuzzInput& input);
    /// Commits without a buffer that the picture is seen in other colours or in part, also after
    /// its buffer has gone.
    void show_otherwise(test::FuzzInput& input);
    /// A surface, as a window, or below another one, or with objects that add to its state.
    void make_role(test::FuzzInput& input);

    /// Ends a client, whose last bytes may be missing.
    void end_one(test::FuzzInput& input);
    void send_all();
    /// A turn of the event loop with what was sent.
    void turn();

    std::uint64_t n_requests() const { return n_requests_; }

private:
    static constexpr unsigned MostClients = 4, MostConnections = 12;
    static constexpr unsigned MostObjects = 300, MostUnsent = 48;

    Client* choose(test::FuzzInput& input);
    void connect(std::optional<Client>& client, unsigned version);
    /// Nothing if the client has no object for an argument that must be one.
    std::optional<std::vector<Argument>> arguments_of(const Client& client,
                                                      const wl_message& request, unsigned version,
                                                      test::FuzzInput& input);
    void count_request();

    Server& server_;
    std::array<std::optional<Client>, MostClients> clients_;
    unsigned n_connections_ = 0, n_unsent_ = 0;
    std::uint64_t n_requests_ = 0;
};

} // namespace fuzz
