// What a driver says of its work: nothing is shown before it is done, and nobody else waits.

#include <catch2/catch_test_macros.hpp>
#include <linux/dma-buf.h>
#include <poll.h>

#include "gpu/stage.hpp"

using namespace test;

namespace {

bool is_busy(const GpuBuffer& buffer) {
    pollfd readable{buffer.dmabuf.get(), POLLIN, 0};
    return poll(&readable, 1, 0) == 0;
}

} // namespace

TEST_CASE("what the GPU still draws is shown when it is drawn, and nobody else waits") {
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient client = compositor.connect(5);
    Window window{client};
    const GpuBuffer buffer = gpu.allocate(128, 96);
    wl_buffer* announced = buffer.announce(client);
    gpu.draw_slowly(buffer, Colors, 20000);
    REQUIRE(is_busy(buffer));
    window.show(announced);
    CHECK_FALSE(is_busy(buffer));
    const Picture screen = take_screenshot(compositor.socket());
    CHECK(shows(screen, find_window(screen, 128, 96), Colors));
}
