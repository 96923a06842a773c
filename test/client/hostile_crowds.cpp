// Ever more of everything: buffers, clients, processes that make processes, and clients that never
// read what they are told.

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <cstdlib>
#include <list>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "bystander.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/sanitizer.hpp"
#include "support/tried.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

/// Numbers that a process shares with those that it forks.
template <class T>
class Shared {
public:
    Shared()
        : value_{new(mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                          -1, 0)) T{}} {}
    ~Shared() { munmap(value_, sizeof(T)); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    T* operator->() const { return value_; }
    T& operator*() const { return *value_; }

private:
    T* value_;
};

/// Makes buffers and destroys them, some at a time.
bool make_buffers(const CompositorProcess& compositor, unsigned n, std::atomic<unsigned>& n_made) {
    RawClient client = compositor.connect(6);
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Size);
    constexpr unsigned AtOnce = 20;
    for (unsigned i = 0; i < n; i += AtOnce) {
        std::vector<RawClient::Params*> asked;
        for (unsigned k = 0; k < AtOnce; ++k) {
            auto& params = *asked.emplace_back(&client.create_params());
            client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
            zwp_linux_buffer_params_v1_create(params.object, Size, Size, DRM_FORMAT_XRGB8888, 0);
        }
        if (!client.wait_until([&] { return asked.back()->is_answered; }))
            return false;
        for (RawClient::Params* params : asked) {
            if (params->answer.kind != Answer::Created)
                return false;
            wl_buffer_destroy(std::exchange(params->buffer, nullptr));
            client.destroy_params(*params);
        }
        n_made += AtOnce;
    }
    return client.round_trip();
}

/// What processes have in common that multiply.
struct Swarm {
    static constexpr int Most = 60;
    std::atomic<bool> is_over = false;
    std::atomic<int> n_alive = 0;
    std::atomic<unsigned> n_processes = 0, n_connections = 0;
};

/// Connects, asks for this and that, and forks as often as there is room; in the end it goes.
void multiply(const CompositorProcess& compositor, Swarm& swarm) {
    std::signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 3 && !swarm.is_over; ++i) {
        try {
            RawClient client = compositor.connect(6);
            ++swarm.n_connections;
            client.feedback();
        } catch (const std::exception&) {
            // There was no descriptor left for it.
        }
        for (int k = 0; k < 2; ++k) {
            if (swarm.n_alive.fetch_add(1) >= Swarm::Most) {
                --swarm.n_alive;
            } else if (const pid_t child = fork(); child < 0) {
                --swarm.n_alive;
            } else if (child == 0) {
                ++swarm.n_processes;
                try {
                    multiply(compositor, swarm);
                } catch (...) {
                }
                --swarm.n_alive;
                _exit(0);
            }
        }
    }
}

} // namespace

TEST_CASE_METHOD(CalmCompositor,
                 "buffers that come and go by the ten thousand leave nothing behind") {
    // AddressSanitizer keeps what is freed, until that is more than a process may map on the
    // machine.
    const char* wanted = std::getenv("TARMAC_BUFFERS");
    const unsigned n = wanted                ? static_cast<unsigned>(std::atoi(wanted))
                       : HasAddressSanitizer ? 2000
                                             : 20'000;
    const Shared<std::atomic<unsigned>> n_made;
    const ForkedProcess storm{[&] { return make_buffers(compositor, n + 1000, *n_made); }};
    while (*n_made < 1000)
        bystander.show();
    const std::size_t descriptors = compositor.process().count_open_fds();
    const std::uint64_t memory = memory_of(compositor.process());
    std::uint64_t most_memory = memory;
    while (*n_made < n) {
        bystander.show();
        most_memory = std::max(most_memory, memory_of(compositor.process()));
    }
    CHECK(storm.is_done_well(compositor.process()));
    tried(*n_made, "buffers one after the other");
    CAPTURE(memory, most_memory);
    CHECK(compositor.settles_at_most(descriptors));
    // Of what wasn't given back, each would take hundreds.
    if (!HasAddressSanitizer)
        CHECK(most_memory < memory + 1024 * 1024);
    bystander.show();
}

TEST_CASE("a thousand clients at once leave another enough") {
    // With fewer not all of them get a buffer, and yet nobody is ended.
    const bool is_enough = GENERATE(true, false);
    CalmCompositor calm{
        {.launcher = {"prlimit", is_enough ? "--nofile=16384:16384" : "--nofile=4096:4096"}}};
    CompositorProcess& compositor = calm.compositor;
    const std::size_t descriptors = compositor.count_settled_fds();
    {
        const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Size);
        const Shared<std::atomic<unsigned>> n_made;
        std::list<ForkedProcess> crowd;
        for (int i = 0; i < 10; ++i) {
            crowd.emplace_back([&] {
                static std::list<RawClient> clients;
                for (int k = 0; k < 100; ++k) {
                    RawClient& client = clients.emplace_back(6u, compositor.open_socket());
                    client.feedback();
                    auto& params = client.create_params();
                    client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
                    const Answer answer = client.create(params, Size, Size, DRM_FORMAT_XRGB8888);
                    if (answer.kind == Answer::Created)
                        ++*n_made;
                }
                return std::ranges::all_of(clients,
                                           [](RawClient& client) { return client.round_trip(); });
            });
            calm.bystander.show();
        }
        for (const ForkedProcess& clients : crowd)
            CHECK(clients.is_done_well(compositor.process()));
        tried(1000, "clients, a thousand at once");
        CHECK((is_enough ? *n_made == 1000 : *n_made > 500));
        calm.bystander.show();
        CHECK(show_pictures(compositor, 4));
    }
    CHECK(compositor.settles_at_most(descriptors));
    calm.bystander.show();
}

TEST_CASE_METHOD(CalmCompositor, "processes that multiply and connect keep nobody waiting") {
    const std::size_t descriptors = compositor.count_settled_fds();
    const Shared<Swarm> swarm;
    const ForkedProcess root{[&] {
        while (!swarm->is_over)
            multiply(compositor, *swarm);
        return true;
    }};
    const unsigned wanted = HasAddressSanitizer ? 100 : 500;
    while (swarm->n_processes < wanted)
        bystander.show();
    CHECK(show_pictures(compositor, 2));
    swarm->is_over = true;
    CHECK(root.is_done_well(compositor.process()));
    while (swarm->n_alive > 0)
        bystander.show();
    tried(swarm->n_processes, "processes that fork more");
    tried(swarm->n_connections, "connections of theirs");
    CHECK(swarm->n_connections > wanted);
    CHECK(compositor.settles_at_most(descriptors));
}

TEST_CASE_METHOD(CalmCompositor,
                 "clients that never read what they are told cost no more than it") {
    const std::size_t descriptors = compositor.count_settled_fds();
    const std::uint64_t memory = memory_of(compositor.process());
    {
        std::list<ForkedProcess> deaf;
        for (int i = 0; i < 5; ++i) {
            deaf.emplace_back([&] {
                static RawClient client{6, compositor.open_socket()};
                auto* display = wl_proxy_get_display(reinterpret_cast<wl_proxy*>(client.dmabuf()));
                // It is ended, or its requests aren't read any more.
                for (int k = 0; k < 200'000 && wl_display_get_error(display) == 0; ++k) {
                    wl_display_sync(display);
                    if (wl_display_flush(display) < 0)
                        break;
                }
                return true;
            });
            bystander.show();
        }
        for (const ForkedProcess& client : deaf)
            CHECK(client.is_done_well(compositor.process()));
        bystander.show();
        tried(5, "clients that read nothing of up to 200,000 answers");
        // A megabyte is kept for each, in a buffer that was made larger by halves.
        CHECK(memory_of(compositor.process()) < memory + 5 * 3 * 1024 * 1024);
    }
    CHECK(compositor.settles_at_most(descriptors));
    bystander.show();
}
