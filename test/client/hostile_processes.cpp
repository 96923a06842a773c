// Clients in processes of their own that are killed or stopped at any moment, or that want ever
// more: the compositor keeps nothing of theirs, and another client's pictures go on.

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <list>
#include <random>
#include <thread>

#include "bystander.hpp"
#include "support/sanitizer.hpp"
#include "support/tried.hpp"

using namespace test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(CalmCompositor, "clients killed at any moment take nothing with them") {
    const std::size_t descriptors = compositor.count_settled_fds();
    std::minstd_rand random{1};
    // To copy a process takes long with its shadow memory.
    constexpr int Clients = HasAddressSanitizer ? 200 : 1000;
    for (int i = 0; i < Clients; ++i) {
        ForkedProcess client{[this] { return show_pictures(compositor, Endless); }};
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 20'000});
        client.end();
        if (i % 20 == 0)
            bystander.show();
    }
    tried(Clients, "clients killed at any moment");
    CHECK(compositor.settles_at_most(descriptors));
    bystander.show();
}

TEST_CASE_METHOD(CalmCompositor, "a client that stands still keeps nobody waiting") {
    const std::size_t descriptors = compositor.count_settled_fds();
    {
        std::list<ForkedProcess> clients;
        for (int i = 0; i < 5; ++i)
            clients.emplace_back([this] { return show_pictures(compositor, Endless); });
        for (int i = 0; i < 5; ++i)
            bystander.show();
        for (const ForkedProcess& client : clients)
            client.signal(SIGSTOP);
        tried(5, "clients stopped as they drew");
        for (int i = 0; i < 100; ++i)
            bystander.show();
    }
    CHECK(compositor.settles_at_most(descriptors));
}

TEST_CASE_METHOD(CalmCompositor,
                 "connections that come and go by the thousand leave nothing behind") {
    const std::size_t descriptors = compositor.count_settled_fds();
    constexpr int Connections = 5000;
    {
        const ForkedProcess storm{[this] {
            std::list<tarmac::Fd> sockets;
            for (int i = 0; i < Connections; ++i) {
                sockets.push_back(compositor.open_socket());
                if (sockets.size() > 50)
                    sockets.pop_front();
            }
            return true;
        }};
        for (int i = 0; i < 20; ++i)
            bystander.show();
        CHECK(storm.is_done_well(compositor.process()));
        tried(Connections, "connections, 50 at a time");
    }
    CHECK(compositor.settles_at_most(descriptors));
    bystander.show();
}
