// A GPU that is reset takes its renderer with it. Clients needn't notice.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;

struct Shown {
    RawClient client;
    Window window{client};
    ImageBuffer image;
    int releases = 0;

    Shown(const CompositorProcess& compositor, std::uint32_t fourcc,
          const std::vector<std::vector<std::uint8_t>>& blocks)
        : client{6, compositor.open_socket()}, image{client, fourcc, Width, Height} {
        static constexpr wl_buffer_listener events = {
            .release = [](void* data, wl_buffer*) { ++static_cast<Shown*>(data)->releases; },
        };
        wl_buffer_add_listener(image.get(), &events, this);
        image.fill(image.whole(), blocks);
        window.show(image.get());
    }
};

/// Two of different colours.
struct ShmBuffers {
    wl_shm* shm;
    std::array<wl_buffer*, 2> buffers;

    ShmBuffers(RawClient& client, int width, int height)
        : shm{static_cast<wl_shm*>(client.bind_global(&wl_shm_interface, 1))} {
        const int stride = width * 4, size = stride * height;
        const tarmac::Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC)};
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(size) * 2, 30);
        std::fill_n(pixels.begin(), size, std::uint8_t{200});
        REQUIRE(write(memory.get(), pixels.data(), pixels.size()) == 2 * size);
        wl_shm_pool* pool = wl_shm_create_pool(shm, memory.get(), 2 * size);
        for (int i = 0; i < 2; ++i)
            buffers[static_cast<std::size_t>(i)] = wl_shm_pool_create_buffer(
                pool, i * size, width, height, stride, WL_SHM_FORMAT_XRGB8888);
        wl_shm_pool_destroy(pool);
    }
    ~ShmBuffers() {
        for (wl_buffer* buffer : buffers)
            wl_buffer_destroy(buffer);
        wl_shm_destroy(shm);
    }
};

} // namespace

TEST_CASE("pictures stay when the renderer is replaced, and clients go on") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{"--size", "320x240"}, stage_of(renderer)};
    Shown rgb{compositor, DRM_FORMAT_XRGB8888, {{10, 90, 200, 0}}};
    Shown yuv{compositor, DRM_FORMAT_NV12, {{160}, {80, 150}}};
    const ToldFeedback& told = rgb.client.feedback();
    const std::size_t tranches = told.tranches.size();
    const Picture before = take_screenshot(compositor.socket());
    const int releases = rgb.releases;

    for (unsigned i = 1; i <= 3; ++i) {
        compositor.process().signal(SIGUSR1);
        compositor.process().await_line("tarmac: replaced");
        REQUIRE(take_screenshot(compositor.socket()) == before);
        // As at first, so that the client may allocate anew.
        REQUIRE(rgb.client.wait_until([&] { return told.times == 1 + i; }));
        CHECK(told.tranches.size() == tranches);
    }
    // Still shown, so still being read.
    if (renderer != "vulkan")
        CHECK(rgb.releases == releases);

    rgb.image.fill(rgb.image.whole(), {{200, 90, 10, 0}});
    rgb.window.show(rgb.image.get());
    const Picture after = take_screenshot(compositor.socket());
    CHECK(after != before);
    ImageBuffer fresh{yuv.client, DRM_FORMAT_YUYV, Width, Height};
    fresh.fill(fresh.whole(), {{40, 128, 40, 128}});
    yuv.window.show(fresh.get());
    CHECK(take_screenshot(compositor.socket()) != after);
}

TEST_CASE("a window of shared memory keeps its last picture") {
    CompositorProcess compositor{{"--size", "320x240"},
                                 stage_of(GENERATE("gles2", "vulkan", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};
    const ShmBuffers shm{client, Width, Height};
    window.show(shm.buffers[0]);
    window.show(shm.buffers[1]);
    const Picture before = take_screenshot(compositor.socket());
    compositor.process().signal(SIGUSR1);
    compositor.process().await_line("tarmac: replaced");
    CHECK(take_screenshot(compositor.socket()) == before);
}

TEST_CASE("a picture whose buffer is gone stays with every renderer") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{"--size", "320x240"}, stage_of(renderer)};
    RawClient client = compositor.connect(6);
    Window window{client};
    ImageBuffer image{client, DRM_FORMAT_NV12, Width, Height};
    image.fill(image.whole(), {{160}, {80, 150}});
    window.show(image.get());
    const Picture before = take_screenshot(compositor.socket());
    const auto replace = [&] {
        compositor.process().signal(SIGUSR1);
        compositor.process().await_line("tarmac: replaced");
    };
    replace();
    image.destroy();
    REQUIRE(client.round_trip());
    CHECK(take_screenshot(compositor.socket()) == before);
    for (int i = 0; i < 2; ++i) {
        replace();
        CHECK(take_screenshot(compositor.socket()) == before);
    }
    CHECK(compositor.process().is_running());
}

TEST_CASE("replacing the renderer leaks nothing") {
    CompositorProcess compositor{{"--size", "320x240"}};
    Shown rgb{compositor, DRM_FORMAT_XRGB8888, {{10, 90, 200, 0}}};
    const auto replace = [&] {
        compositor.process().signal(SIGUSR1);
        compositor.process().await_line("tarmac: replaced");
        rgb.window.show(rgb.image.get());
        return compositor.count_settled_fds();
    };
    const std::size_t fds = replace();
    for (int i = 0; i < 3; ++i)
        replace();
    CHECK(replace() == fds);
}
