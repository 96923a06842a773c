// What a driver says of its work: nothing is shown before it is done, and nobody else waits.

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <drm_fourcc.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <wayland-client.h>

#include "gpu/stage.hpp"
#include "support/explicit_sync.hpp"
#include "support/image_buffer.hpp"

using namespace test;

namespace {

constexpr int Width = 128, Height = 96;

/// A sync_file's fence.
bool has_signalled(const tarmac::Fd& fence) {
    pollfd readable{fence.get(), POLLIN, 0};
    return poll(&readable, 1, 0) == 1;
}

/// What the GPU has been handed to draw into a buffer so far.
class Work {
public:
    explicit Work(const GpuBuffer& buffer) {
        dma_buf_export_sync_file request{.flags = DMA_BUF_SYNC_READ, .fd = -1};
        REQUIRE(ioctl(buffer.dmabuf.get(), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &request) == 0);
        fence_ = tarmac::Fd{request.fd};
    }
    bool is_done() const { return has_signalled(fence_); }

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

/// A window of a client that has nothing to do with the GPU.
class Bystander {
public:
    explicit Bystander(CompositorProcess& compositor)
        : client_{compositor.connect(5)}
        , memory_{client_, DRM_FORMAT_XRGB8888, 64, 48}
        , window_{client_} {
        memory_.fill(memory_.whole(), {{10, 90, 200, 0}});
        window_.show(memory_.get());
    }
    /// Waits until it is drawn anew.
    void damage() { window_.damage(memory_.whole()); }

private:
    RawClient client_;
    ImageBuffer memory_;
    Window window_;
};

/// Whether Colors are on the screen.
bool is_shown(const Picture& screen) {
    const auto is_first = [](const Pixel& pixel) { return distance(pixel, Colors[0]) <= 2; };
    const Box quarter = screen.bounds({0, 0, screen.width, screen.height}, is_first);
    return quarter.width > 0 && shows(screen, {quarter.x, quarter.y, Width, Height}, Colors);
}

} // namespace

TEST_CASE("what the GPU still draws is shown when it is drawn, and nobody else waits") {
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient client = compositor.connect(5);
    const GpuBuffer buffer = gpu.allocate(Width, Height);
    wl_buffer* announced = buffer.announce(client);
    Bystander other{compositor};
    Window window{client};
    gpu.draw_slowly(buffer, Colors, rounds_for_seconds(gpu, buffer));
    const Work work{buffer};
    REQUIRE_FALSE(work.is_done());
    commit(window, announced);
    REQUIRE(client.round_trip());
    other.damage();
    CHECK_FALSE(work.is_done());
    window.commit();
    CHECK(work.is_done());
    CHECK(is_shown(take_screenshot(compositor.socket())));
}

TEST_CASE("what a timeline's point waits for of the GPU is shown then, and nobody else waits") {
    const std::string node = drm_nodes_of(Gpu).render;
    Timeline acquire{node}, release{node};
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    const GpuClient gpu{node};
    RawClient client = compositor.connect(5);
    const GpuBuffer buffer = gpu.allocate(Width, Height), elsewhere = gpu.allocate(Width, Height);
    wl_buffer *announced = buffer.announce(client), *next = elsewhere.announce(client);
    Bystander other{compositor};
    Window window{client};
    SyncSurface sync{client, window.surface()};
    const int rounds = rounds_for_seconds(gpu, buffer);
    SECTION("its own drawing") {
        gpu.draw_slowly(buffer, Colors, rounds);
    }
    SECTION("work that the buffer's own fences don't tell of") {
        gpu.draw(buffer, Colors);
        gpu.finish();
        gpu.draw_slowly(elsewhere, Colors, rounds);
    }
    acquire.submit(1, gpu.fence());
    REQUIRE_FALSE(acquire.has_signalled(1));
    sync.set_acquire(acquire, 1);
    sync.set_release(release, 1);
    commit(window, announced);
    REQUIRE(client.round_trip());
    other.damage();
    CHECK_FALSE(acquire.has_signalled(1));
    window.commit();
    CHECK(acquire.has_signalled(1));
    CHECK(is_shown(take_screenshot(compositor.socket())));

    CHECK_FALSE(release.has_signalled(1));
    acquire.signal(2);
    sync.set_acquire(acquire, 2);
    sync.set_release(release, 2);
    window.show(next);
    CHECK(release.await(1));
    CHECK_FALSE(release.has_signalled(2));
}
