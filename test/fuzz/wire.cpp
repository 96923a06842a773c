// Several clients at once that ask for what the input says, however wrong, and end when it says so.

#include <cstdio>
#include <cstdlib>

#include "fuzz/input.hpp"
#include "fuzz/wire_clients.hpp"
#include "fuzz/wire_memory.hpp"
#include "fuzz/wire_renderer.hpp"
#include "fuzz/wire_server.hpp"

namespace {

using namespace fuzz;
using namespace std::chrono_literals;

constexpr unsigned MostSteps = 400;
// They take long.
constexpr unsigned MostWaits = 2;
constexpr unsigned MostGlobals = 2;

/// What isn't a request.
class Events {
public:
    Events(Server& server, Clients& clients) : server_{server}, clients_{clients} {}

    void happen(test::FuzzInput& input) {
        Memory& memory = Memory::shared();
        switch (input.below(20)) {
        case 0:
        case 1:
            return memory.begin_use(input.number<std::uint8_t>(), input.below(4) != 0);
        case 2:
            return memory.end_use(input.number<std::uint8_t>());
        case 3:
            return memory.signal_point(input.number<std::uint8_t>());
        case 4:
            // The next one whose turn it is to speak comes back as somebody else.
            return clients_.end_one(input);
        case 5:
            clients_.send_all();
            return server_.end_client(input.number<std::uint8_t>());
        case 6:
            return server_.send_frames();
        case 7:
            return server_.replace_importers(input.number<std::uint8_t>());
        case 8:
            return server_.replace_renderer();
        case 9:
            if (n_globals_++ < MostGlobals) {
                const unsigned version = 1 + input.below(6), flags = input.number<std::uint8_t>();
                server_.replace_global(version, flags & 1, flags & 2);
            }
            return;
        case 10:
            return server_.pause();
        case 11:
            return server_.resume();
        case 12:
            return server_.change_feedback(input.number<std::uint8_t>());
        case 13: {
            const unsigned surface = input.number<std::uint8_t>();
            return server_.change_surface_feedback(surface, input.number<std::uint8_t>());
        }
        case 14:
            return server_.lock_buffer(input.number<std::uint8_t>());
        case 15:
            return server_.unlock_buffers();
        case 16:
            return refuse_textures(input.below(3));
        case 17:
            return server_.look_at_pictures();
        case 18:
            if (n_waits_++ < MostWaits)
                server_.turn(25ms);
            return;
        default:
            return clients_.turn();
        }
    }

private:
    Server& server_;
    Clients& clients_;
    unsigned n_waits_ = 0, n_globals_ = 0;
};

/// What there is to say at the end, beside what the fuzzer says.
struct Tally {
    std::uint64_t n_inputs = 0, n_requests = 0;
    ~Tally() {
        std::fprintf(stderr, "wire: %llu requests in %llu inputs\n",
                     static_cast<unsigned long long>(n_requests),
                     static_cast<unsigned long long>(n_inputs));
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Tally tally;
    Server& server = Server::shared();
    test::FuzzInput input{data, size};
    {
        Clients clients{server};
        Events events{server, clients};
        for (unsigned step = 0; step < MostSteps && !input.is_empty(); ++step) {
            const unsigned kind = input.below(16);
            if (kind < 7)
                clients.write_request(input);
            else if (kind < 8)
                clients.show_otherwise(input);
            else if (kind < 10)
                clients.make_buffer(input);
            else if (kind < 12)
                clients.show(input);
            else if (kind < 13)
                clients.make_role(input);
            else
                events.happen(input);
        }
        clients.turn();
        tally.n_requests += clients.n_requests();
        ++tally.n_inputs;
    }
    server.expect_nothing_left();
    return 0;
}
