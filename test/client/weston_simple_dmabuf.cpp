// The whole way of a buffer: a real client draws into dma-bufs, the compositor shows them.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <csignal>
#include <unistd.h>

#include "client/camera.hpp"
#include "client/gradient.hpp"
#include "support/compositor_process.hpp"
#include "support/patience.hpp"
#include "support/picture.hpp"
#include "support/stages.hpp"
#include "support/virtual_card.hpp"

using test::Camera;
using test::CompositorProcess;
using test::Process;
using test::Stage;

namespace {

Process start_client(const CompositorProcess& compositor, std::vector<std::string> options = {}) {
    std::vector<std::string> command = {"weston-simple-dmabuf-egl", "-d", test::RenderNode};
    command.insert(command.end(), options.begin(), options.end());
    return Process{command, {compositor.environment(), test::SynchronousMesa}};
}

Process start_vulkan_client(const CompositorProcess& compositor) {
    return Process{{"weston-simple-dmabuf-vulkan"},
                   {compositor.environment(), test::SynchronousMesa, "LD_PRELOAD=" WRITABLE_PRIME}};
}

test::Box camera_box(const test::Picture& screen) {
    constexpr int Width = 320, Height = 240;
    return {(screen.width - Width) / 2, (screen.height - Height) / 2, Width, Height};
}

void check_camera(const test::Picture& screen) {
    for (int i = 0; i < 8; ++i) {
        const test::Pixel seen = test::camera_bar(screen, camera_box(screen), i);
        INFO("bar " << i << ": " << to_string(seen));
        CHECK(test::distance(seen, test::CameraBars[i]) <= 4);
    }
}

/// Mesa's software Vulkan draws after the client has shown the buffer, and attaches no fence to it:
/// waits for the first frame that was drawn in time. Those after it take no shader to compile.
void check_vulkan_gradient(const CompositorProcess& compositor) {
    const auto end = std::chrono::steady_clock::now() + test::patience();
    const auto is_drawn = [](const test::Pixel& pixel) { return pixel.green > 200; };
    test::Picture screen;
    do {
        REQUIRE(std::chrono::steady_clock::now() < end);
        screen = test::take_screenshot(compositor.socket());
    } while (std::ranges::none_of(screen.pixels, is_drawn));
    screen = test::take_screenshot(compositor.socket());
    check_gradient(screen, find_window(screen, 256, 256));
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
    check_gradient(screen, find_window(screen, size, size));
}

TEST_CASE("weston-simple-dmabuf-vulkan shows its gradient") {
    CompositorProcess compositor{{"--size", "640x480"}};
    const Process client = start_vulkan_client(compositor);
    compositor.process().await_line("tarmac: mapped");
    check_vulkan_gradient(compositor);
}

TEST_CASE("weston's clients show their pictures on a screen") {
    test::VirtualCard card{1};
    CompositorProcess compositor{{}, {.drm_device = card.path(), .on_screen = true}};
    SECTION("egl") {
        const Process client = start_client(compositor);
        compositor.process().await_line("tarmac: mapped");
        const test::Picture screen = test::take_screenshot(compositor.socket());
        check_gradient(screen, find_window(screen, 256, 256));
    }
    SECTION("vulkan") {
        const Process client = start_vulkan_client(compositor);
        compositor.process().await_line("tarmac: mapped");
        check_vulkan_gradient(compositor);
    }
    SECTION("v4l") {
        const Process client{{"weston-simple-dmabuf-v4l", "-v", Camera, "-f", "XR24", "-d", "XR24"},
                             {compositor.environment()}};
        compositor.process().await_line("tarmac: mapped");
        check_camera(test::take_screenshot(compositor.socket()));
    }
}

TEST_CASE("weston-simple-dmabuf-v4l shows the camera's picture") {
    if (access(Camera, R_OK | W_OK) != 0)
        SKIP(Camera << " is missing");
    Stage stage;
    SECTION("with GLES2") {
        stage.renderer = "gles2";
    }
    SECTION("with pixman") {
        stage.renderer = "pixman";
    }
    const std::string format = GENERATE("XR24", "YUYV", "NV12", "YU12", "NV16", "NV24");
    INFO(format);
    CompositorProcess compositor{{"--size", "640x480"}, stage};
    const Process client{{"weston-simple-dmabuf-v4l", "-v", Camera, "-f", format, "-d", format},
                         {compositor.environment()}};
    // The camera's descriptors are read-only, which rules the software renderer's import out.
    const std::string landed = compositor.process().await_line("tarmac: imported");
    CHECK(landed.contains("way=mapped"));
    const std::string mapped = compositor.process().await_line("tarmac: mapped");
    CHECK(mapped.contains("size=320x240"));
    check_camera(test::take_screenshot(compositor.socket()));
}

TEST_CASE("a camera's grey is grey, whatever its format is called") {
    if (access(Camera, R_OK | W_OK) != 0)
        SKIP(Camera << " is missing");
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    const std::string format = GENERATE("R8  ", "GREY");
    INFO(renderer << ", " << format);
    CompositorProcess compositor{{"--size", "640x480"}, test::stage_of(renderer)};
    const Process client{{"weston-simple-dmabuf-v4l", "-v", Camera, "-f", "GREY", "-d", format},
                         {compositor.environment()}};
    compositor.process().await_line("tarmac: mapped");
    const test::Picture screen = test::take_screenshot(compositor.socket());
    // The bars' brightness by BT.709, which the camera gives in full range. That is what R8 means;
    // luma alone, which drm_fourcc.h calls GREY, is taken for limited as all YUV is.
    constexpr double bars[] = {1, 0.9278, 0.7874, 0.7152, 0.2848, 0.2126, 0.0722, 0};
    for (int i = 0; i < 8; ++i) {
        const double number = 191 * bars[i];
        const double bright =
            format == "GREY" ? std::clamp((number - 16) * 255 / 219, 0.0, 255.0) : number;
        const auto value = static_cast<std::uint8_t>(bright);
        const test::Pixel seen = test::camera_bar(screen, camera_box(screen), i);
        INFO("bar " << i << ": " << to_string(seen));
        CHECK(test::distance(seen, {value, value, value}) <= 4);
    }
}

TEST_CASE("weston-simple-dmabuf-feedback goes through to its end") {
    SECTION("headless, where nothing is scanned out") {
        CompositorProcess compositor{{"--size", "640x480"}};
        Process client{{"weston-simple-dmabuf-feedback"},
                       {compositor.environment(), test::SynchronousMesa}};
        compositor.process().await_line("tarmac: mapped");
        client.await_line("end of dma-buf feedback");
        CHECK(client.wait() == 0);
        CHECK_FALSE(client.output().contains("scanout"));
    }
    SECTION("on a screen, which then shows its buffers without a copy") {
        test::VirtualCard card{1};
        CompositorProcess compositor{{}, {.drm_device = card.path(), .on_screen = true}};
        Process client{{"weston-simple-dmabuf-feedback"},
                       {compositor.environment(), test::SynchronousMesa}};
        client.await_line(", scanout");
        // It chooses the first format of the new tranche, in which the compositor never draws.
        std::string shown;
        while (client.is_running() && (shown = card.shown_format(0)) == "XR24")
            continue;
        CHECK(shown == "AB48");
        CHECK(client.wait() == 0);
    }
}

TEST_CASE("an import is told with its numbers") {
    CompositorProcess compositor;
    const Process client = start_vulkan_client(compositor);
    const std::string landed = compositor.process().await_line("tarmac: imported");
    INFO(landed);
    CHECK(landed.contains("client=weston-simple-d[" + std::to_string(client.pid()) + "]"));
    CHECK(landed.contains("size=256x256"));
    CHECK(landed.contains("fourcc=XR24(XRGB8888)"));
    CHECK(landed.contains("planes=1"));
    CHECK(landed.contains("way=renderer"));
}

TEST_CASE("a client killed at any moment takes nothing with it") {
    CompositorProcess compositor;
    {
        // Mesa keeps what it opens for the first picture of a kind.
        const Process client = start_client(compositor);
        compositor.process().await_line("tarmac: mapped");
    }
    const std::size_t fds = compositor.count_settled_fds();
    SECTION("before it has said anything") {
        for (int i = 0; i < 20; ++i)
            start_client(compositor).signal(SIGKILL);
    }
    SECTION("when its first buffer has landed") {
        for (int i = 0; i < 5; ++i) {
            const Process client = start_client(compositor);
            compositor.process().await_line("tarmac: imported");
        }
    }
    SECTION("when it shows a picture") {
        for (int i = 0; i < 5; ++i) {
            const Process client = start_client(compositor);
            compositor.process().await_line("tarmac: mapped");
        }
    }
    CHECK(compositor.settles_at_most(fds));
    CHECK(compositor.process().is_running());
}
