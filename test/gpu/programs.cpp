// Programs that people use, on a GPU that has its own driver.

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

#include "client/camera.hpp"
#include "client/gradient.hpp"
#include "clients/programs.hpp"
#include "gpu/stage.hpp"

using namespace test;

namespace {

const std::vector<std::string> ScreenSize = {"--size", "400x300"};

Box whole(const Picture& screen) {
    return {0, 0, screen.width, screen.height};
}

} // namespace

TEST_CASE("weston-simple-dmabuf-egl draws with the GPU") {
    CompositorProcess compositor{ScreenSize, gpu_stage()};
    const Process client{{"weston-simple-dmabuf-egl", "-d", drm_nodes_of(Gpu).render},
                         {compositor.environment()}};
    CHECK(await_import(compositor, "weston-simple-d").contains("way=renderer"));
    compositor.process().await_line("tarmac: mapped");
    const Picture screen = take_screenshot(compositor.socket());
    check_gradient(screen, find_window(screen, 256, 256));
}

TEST_CASE("weston-simple-dmabuf-feedback goes through to its end on the GPU") {
    CompositorProcess compositor{ScreenSize, gpu_stage()};
    Process client{{"weston-simple-dmabuf-feedback"}, {compositor.environment()}};
    CHECK(await_import(compositor, "weston-simple-d").contains("way=renderer"));
    client.await_line("end of dma-buf feedback");
    CHECK(client.wait() == 0);
}

TEST_CASE("a camera's picture, which the GPU refuses, is read") {
    if (access(Camera, R_OK | W_OK) != 0)
        SKIP(Camera << " is missing");
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    SECTION("weston-simple-dmabuf-v4l") {
        const Process client{{"weston-simple-dmabuf-v4l", "-v", Camera, "-f", "YUYV", "-d", "YUYV"},
                             {compositor.environment()}};
        CHECK(await_import(compositor, "weston-simple-d").contains("way=mapped"));
        const auto is_shown = [](const Picture& seen) { return shows_camera(seen, whole(seen)); };
        CHECK(is_shown(await_picture(compositor, is_shown)));
    }
    SECTION("GStreamer") {
        need_program("gst-launch-1.0");
        for (const char* element : {"v4l2src", "waylandsink"})
            need(element, {"gst-inspect-1.0", "--exists", element});
        const Process client{{"gst-launch-1.0", "v4l2src", "device=/dev/video0", "io-mode=dmabuf",
                              "!",
                              "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=YUYV,"
                              "width=320,height=240",
                              "!", "waylandsink"},
                             {compositor.environment()}};
        CHECK(await_import(compositor, "gst-launch-1.0").contains("way=mapped"));
        const auto is_shown = [](const Picture& seen) { return shows_camera(seen, whole(seen)); };
        CHECK(is_shown(await_picture(compositor, is_shown)));
    }
}

TEST_CASE("a window of GTK 4, drawn by the GPU, is shown") {
    need("GTK 4 for Python", {"python3", "-c", "import gi; gi.require_version('Gtk', '4.0')"});
    constexpr Pixel Blue{51, 102, 204};
    CompositorProcess compositor{ScreenSize, gpu_stage()};
    const Process client{{"python3", clients_file("window.py")},
                         {compositor.environment(), "GDK_BACKEND=wayland", "GSK_RENDERER=gl"}};
    CHECK(await_import(compositor, "python3").contains("way=renderer"));
    const auto is_shown = [&](const Picture& seen) {
        return distance(seen.at(seen.width / 2, seen.height / 2), Blue) <= 2;
    };
    CHECK(is_shown(await_picture(compositor, is_shown)));
    end_unrefused(compositor);
}
