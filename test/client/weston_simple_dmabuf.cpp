// The whole way of a buffer: a real client draws into dma-bufs, the compositor shows them.

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "client/gradient.hpp"
#include "support/compositor_process.hpp"
#include "support/picture.hpp"

using test::CompositorProcess;
using test::Process;

namespace {

Process start_client(const CompositorProcess& compositor, std::vector<std::string> options = {}) {
    std::vector<std::string> command = {"weston-simple-dmabuf-egl", "-d", "/dev/dri/renderD128"};
    command.insert(command.end(), options.begin(), options.end());
    return Process{command, {compositor.environment(), test::SynchronousMesa}};
}

} // namespace

TEST_CASE("weston-simple-dmabuf-egl shows its gradient") {
    CompositorProcess compositor{{"--size", "640x480"}};
    std::vector<std::string> options;
    int size = 256;
    SECTION("by round trip") {
        options = {"-i", "0"};
    }
    SECTION("at once") {
        options = {"-i", "1"};
    }
    SECTION("in another size") {
        size = 202;
        options = {"-s", "202"};
    }
    SECTION("with its channels in the other order") {
        options = {"-f", "0x34324258"}; // XB24
    }
    const Process client = start_client(compositor, options);
    compositor.process().await_line("tarmac: mapped");
    const test::Picture screen = test::take_screenshot(compositor.socket());
    check_gradient(screen, find_window(screen, size));
}

TEST_CASE("a landing is told with its numbers") {
    CompositorProcess compositor;
    const Process client = start_client(compositor);
    const std::string landed = compositor.process().await_line("tarmac: landed");
    INFO(landed);
    CHECK(landed.contains("client=weston-simple-d[" + std::to_string(client.pid()) + "]"));
    CHECK(landed.contains("size=256x256"));
    CHECK(landed.contains("fourcc=XR24(XRGB8888)"));
    CHECK(landed.contains("planes=1"));
    CHECK(landed.contains("way=renderer"));
}

TEST_CASE("a client killed at any moment takes nothing with it") {
    CompositorProcess compositor;
    const std::size_t fds = compositor.count_settled_fds();
    SECTION("before it has said anything") {
        for (int i = 0; i < 20; ++i)
            start_client(compositor).signal(SIGKILL);
    }
    SECTION("when its first buffer has landed") {
        for (int i = 0; i < 5; ++i) {
            const Process client = start_client(compositor);
            compositor.process().await_line("tarmac: landed");
        }
    }
    SECTION("when it shows a picture") {
        for (int i = 0; i < 5; ++i) {
            const Process client = start_client(compositor);
            compositor.process().await_line("tarmac: mapped");
        }
    }
    CHECK(compositor.count_settled_fds() == fds);
    CHECK(compositor.process().is_running());
}
