// What a driver says of its work: nothing is shown before it is done, and nobody else waits.

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <drm_fourcc.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <wayland-client.h>

#include "gpu/stage.hpp"
#include "support/image_buffer.hpp"

using namespace test;

namespace {

constexpr int Width = 128, Height = 96;

/// What the GPU has been handed to draw into a buffer so far.
class Work {
public:
    explicit Work(const GpuBuffer& buffer) {
        dma_buf_export_sync_file request{.flags = DMA_BUF_SYNC_READ, .fd = -1};
        REQUIRE(ioctl(buffer.dmabuf.get(), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &request) == 0);
        fence_ = tarmac::Fd{request.fd};
    }
    bool is_done() const {
        pollfd readable{fence_.get(), POLLIN, 0};
        return poll(&readable, 1, 0) == 1;
    }

private:
    tarmac::Fd fence_;
};

/// How many rounds of draw_slowly() take the GPU a few seconds, however fast it is.
int rounds_for_seconds(const GpuClient& gpu, const GpuBuffer& buffer) {
    using Clock = std::chrono::steady_clock;
    constexpr auto Enough = std::chrono::milliseconds{300},
                   Wanted = std::chrono::milliseconds{4000};
    for (int rounds = 500;; rounds *= 2) {
        const auto start = Clock::now();
        gpu.draw_slowly(buffer, Colors, rounds);
        gpu.finish();
        const auto taken = Clock::now() - start;
        if (taken >= Enough)
            return static_cast<int>(rounds * (Wanted / std::chrono::duration<double>{taken}));
    }
}

} // namespace

TEST_CASE("what the GPU still draws is shown when it is drawn, and nobody else waits") {
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient client = compositor.connect(5), other = compositor.connect(5);
    const GpuBuffer buffer = gpu.allocate(Width, Height);
    wl_buffer* announced = buffer.announce(client);
    ImageBuffer memory{other, DRM_FORMAT_XRGB8888, 64, 48};
    memory.fill(memory.whole(), {{10, 90, 200, 0}});
    Window of_other{other};
    of_other.show(memory.get());
    Window window{client};
    gpu.draw_slowly(buffer, Colors, rounds_for_seconds(gpu, buffer));
    const Work work{buffer};
    REQUIRE_FALSE(work.is_done());
    wl_surface_attach(window.surface(), announced, 0, 0);
    wl_surface_damage_buffer(window.surface(), 0, 0, Width, Height);
    wl_surface_commit(window.surface());
    REQUIRE(client.round_trip());
    of_other.damage(memory.whole());
    CHECK_FALSE(work.is_done());
    window.commit();
    CHECK(work.is_done());
    const Picture screen = take_screenshot(compositor.socket());
    const auto is_first = [](const Pixel& pixel) { return distance(pixel, Colors[0]) <= 2; };
    const Box quarter = screen.bounds({0, 0, screen.width, screen.height}, is_first);
    CHECK(shows(screen, {quarter.x, quarter.y, Width, Height}, Colors));
}
