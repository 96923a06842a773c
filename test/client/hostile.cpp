// What a client shows that a compositor might die of.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <future>
#include <linux/dma-heap.h>
#include <list>
#include <sys/ioctl.h>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/fake_writer.hpp"
#include "support/image_buffer.hpp"
#include "support/picture.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;
using tarmac::Fd;

namespace {

constexpr int Size = 64;
constexpr std::uint32_t Stride = Size * 4;

const Answer Created{Answer::Created, 0, {}}, Failed{Answer::Failed, 0, {}};

RawClient::Params& with_plane(RawClient& client, const Fd& fd) {
    auto& params = client.create_params();
    client.add(params, fd.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
    return params;
}

/// A dma-buf of a device that no renderer has, that can be used as `access` says.
Fd allocate_from_heap(std::uint32_t access) {
    const Fd heap{open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC)};
    if (!heap)
        SKIP("/dev/dma_heap/system: " << std::strerror(errno));
    dma_heap_allocation_data request = {
        .len = Stride * Size, .fd = 0, .fd_flags = access | O_CLOEXEC, .heap_flags = 0};
    REQUIRE(ioctl(heap.get(), DMA_HEAP_IOCTL_ALLOC, &request) == 0);
    return Fd{static_cast<int>(request.fd)};
}

} // namespace

TEST_CASE("a failed buffer larger than the picture it follows ends its client alone") {
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    Window window{client};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Size);
    auto& good = with_plane(client, dmabuf);
    REQUIRE(client.create(good, Size, Size, DRM_FORMAT_XRGB8888) == Created);
    window.show(good.buffer);

    const Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
    auto& bad = with_plane(client, null);
    CHECK(client.create_immed(bad, 1000, 1000, DRM_FORMAT_XRGB8888) == Failed);
    wl_surface_attach(window.surface(), bad.buffer, 0, 0);
    wl_surface_damage_buffer(window.surface(), 0, 0, 1000, 1000);
    wl_surface_commit(window.surface());
    CHECK_FALSE(client.round_trip());

    // Its frames go on.
    RawClient other = compositor.connect(6);
    Window other_window{other};
    auto& shown = with_plane(other, dmabuf);
    REQUIRE(other.create(shown, Size, Size, DRM_FORMAT_XRGB8888) == Created);
    other_window.show(shown.buffer);
    CHECK(compositor.process().is_running());
}

TEST_CASE("a picture larger than the renderer's textures is refused, not died of") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{}, stage_of(renderer)};
    RawClient client = compositor.connect(6);
    Window window{client};
    ImageBuffer small{client, DRM_FORMAT_XRGB8888, 16, 16};
    window.show(small.get());
    constexpr int Width = 40000;
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Width * 4);
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, Width * 4, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(client.create(params, Width, 1, DRM_FORMAT_XRGB8888) == Failed);
    CHECK(client.connection() == Answer{});
    CHECK(compositor.process().is_running());
}

namespace {

/// A small picture that is shown, and one that is to follow it, with one renderer.
struct TwoPictures {
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    Window window{client};
    const ImageBuffer small{client, DRM_FORMAT_NV12, 16, 16};
    const ImageBuffer large{client, DRM_FORMAT_NV12, Size, Size};

    explicit TwoPictures(const std::string& renderer)
        : compositor{{"--size", "320x240"}, stage_of(renderer)} {
        window.show(small.get());
    }

    /// NV12 of zeros is green.
    long count_green() {
        const Picture screen = take_screenshot(compositor.socket());
        return std::ranges::count_if(
            screen.pixels, [](const Pixel& pixel) { return pixel.green > pixel.red + 60; });
    }
};

} // namespace

TEST_CASE("a larger picture that can't be read yet leaves the one before in its size") {
    std::list<TwoPictures> all;
    for (const char* renderer : {"gles2", "vulkan", "pixman"})
        all.emplace_back(renderer);
    {
        std::list<FakeWriter> writers;
        // Each is waited for until the compositor goes on without: all at once.
        std::vector<std::future<void>> shown;
        for (TwoPictures& pictures : all) {
            writers.emplace_back(pictures.large.dmabuf());
            shown.push_back(std::async(
                std::launch::async, [&pictures] { pictures.window.show(pictures.large.get()); }));
        }
        for (auto& one : shown)
            one.get();
        for (TwoPictures& pictures : all)
            CHECK(pictures.count_green() == 16 * 16);
    }
    for (TwoPictures& pictures : all) {
        CHECK(pictures.compositor.process().is_running());
        pictures.window.show(pictures.large.get());
        CHECK(pictures.count_green() > 0);
    }
}

TEST_CASE("a dma-buf that can be neither drawn nor read is refused") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{}, stage_of(renderer)};
    const Fd write_only = allocate_from_heap(O_WRONLY);
    RawClient client = compositor.connect(6);
    auto& params = with_plane(client, write_only);
    CHECK(client.create(params, Size, Size, DRM_FORMAT_XRGB8888) == Failed);
    CHECK(compositor.process().await_line("tarmac: refused").contains("can't be mapped"));
}

TEST_CASE("a read-only dma-buf, which software GL can't draw, is read from mapped memory") {
    CompositorProcess compositor;
    const Fd read_only = allocate_from_heap(O_RDONLY);
    RawClient client = compositor.connect(6);
    auto& params = with_plane(client, read_only);
    REQUIRE(client.create(params, Size, Size, DRM_FORMAT_XRGB8888) == Created);
    CHECK(compositor.process().await_line("tarmac: imported").contains("way=mapped"));
    Window window{client};
    window.show(params.buffer);
    const Picture screen = take_screenshot(compositor.socket());
    const Box black = screen.bounds({0, 0, screen.width, screen.height},
                                    [](const Pixel& pixel) { return pixel.sum() == 0; });
    CHECK(black.width == Size);
    CHECK(black.height == Size);
    CHECK(compositor.process().is_running());
}
