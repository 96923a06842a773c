#include "support/local_compositor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <sys/socket.h>
#include <wayland-server-core.h>

namespace test {

LocalCompositor::LocalCompositor() : display_{wl_display_create()} {
    REQUIRE(display_);
}

LocalCompositor::~LocalCompositor() {
    wl_display_destroy_clients(display_);
    wl_display_destroy(display_);
}

tarmac::Fd LocalCompositor::connect() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    REQUIRE(wl_client_create(display_, ends[0]));
    return tarmac::Fd{ends[1]};
}

std::function<void()> LocalCompositor::pump() {
    return [display = display_] {
        wl_event_loop_dispatch(wl_display_get_event_loop(display), 0);
        wl_display_flush_clients(display);
    };
}

std::size_t count_open_fds() {
    // Without the one that reads the directory.
    const std::filesystem::directory_iterator fds{"/proc/self/fd"};
    return static_cast<std::size_t>(std::distance(begin(fds), end(fds))) - 1;
}

} // namespace test
