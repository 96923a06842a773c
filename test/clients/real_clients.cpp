// What people run, in the whole compositor: toolkits, players, other compositors in a window, and
// what passes pictures on. The packages are many, so a machine may lack some.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "client/camera.hpp"
#include "client/gradient.hpp"
#include "clients/programs.hpp"

using namespace test;

namespace {

/// As large as the compositors that show themselves in a window are by default.
const std::vector<std::string> ScreenSize = {"--size", "1280x720"};
/// What those clients show whose colour is ours to choose.
constexpr Pixel Blue{51, 102, 204};

bool is_all(const Picture& screen, const Pixel& color, int tolerance) {
    return std::ranges::all_of(
        screen.pixels, [&](const Pixel& seen) { return distance(seen, color) <= tolerance; });
}

void check_blue(const CompositorProcess& compositor, int tolerance = 0) {
    const Picture screen = await_picture(
        compositor, [&](const Picture& seen) { return is_all(seen, Blue, tolerance); });
    INFO("in the middle: " << to_string(screen.at(screen.width / 2, screen.height / 2)));
    CHECK(is_all(screen, Blue, tolerance));
}

const std::string Qml = "/usr/lib/qt6/bin/qml";

/// A blue screen.
Process start_qml(const CompositorProcess& compositor) {
    return Process{
        {Qml, clients_file("window.qml")},
        {compositor.environment(), SynchronousMesa, DmabufMesa, "QT_QPA_PLATFORM=wayland"}};
}

/// A moving square in a window of 256x256. weston starts only what has a whole path.
std::vector<std::string> gradient_command() {
    return {"/usr/bin/weston-simple-dmabuf-egl", "-d", RenderNode};
}

constexpr Box Screen{0, 0, 1280, 720};

/// That the picture of gradient_command() is in `part` of what is shown, by whatever way.
void check_gradient_in(const CompositorProcess& compositor, const Box& part = Screen) {
    const Picture screen = await_picture(compositor, [&](const Picture& seen) {
        const Box window = find_gradient(seen, part);
        return window.width == 256 && window.height == 256;
    });
    const Box window = find_gradient(screen, part);
    INFO(window.width << "x" << window.height << " at " << window.x << "," << window.y);
    REQUIRE(window.width == 256);
    check_gradient(screen, window);
}

/// The camera's picture all over the screen.
bool shows_bars(const Picture& screen) {
    return shows_camera(screen, {0, 0, screen.width, screen.height});
}

} // namespace

TEST_CASE("GStreamer brings a camera's dma-bufs to the screen") {
    need_program("gst-launch-1.0");
    for (const char* element : {"v4l2src", "waylandsink"})
        need(element, {"gst-inspect-1.0", "--exists", element});
    const auto [fourcc, width, height] = GENERATE(table<std::string, std::string, std::string>({
        {"YUYV", "640", "480"},
        {"NV12", "1920", "1080"},
        {"NV24", "640", "480"},
    }));
    INFO(fourcc);
    CompositorProcess compositor{{"--size", width + "x" + height}};
    const Process client{{"gst-launch-1.0", "v4l2src", "device=/dev/video0", "io-mode=dmabuf", "!",
                          "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=" + fourcc +
                              ",width=" + width + ",height=" + height,
                          "!", "waylandsink"},
                         {compositor.environment()}};
    const std::string landed = await_import(compositor, "gst-launch-1.0");
    CHECK(landed.contains("fourcc=" + fourcc));
    CHECK(landed.contains("size=" + width + "x" + height));
    CHECK(shows_bars(await_picture(compositor, shows_bars)));
    end_unrefused(compositor);
}

TEST_CASE("a window of GTK 4 is shown") {
    need("GTK 4 for Python", {"python3", "-c", "import gi; gi.require_version('Gtk', '4.0')"});
    CompositorProcess compositor{ScreenSize};
    const Process client{{"python3", clients_file("window.py")},
                         {compositor.environment(), SynchronousMesa, DmabufMesa,
                          "GDK_BACKEND=wayland", "GSK_RENDERER=gl"}};
    CHECK(await_import(compositor, "python3").contains("fourcc=AR24"));
    check_blue(compositor);
    end_unrefused(compositor);
}

TEST_CASE("a window of Qt 6 is shown") {
    need_program(Qml);
    CompositorProcess compositor{ScreenSize};
    const Process client = start_qml(compositor);
    CHECK(await_import(compositor, "qml").contains("fourcc=AR24"));
    check_blue(compositor);
    end_unrefused(compositor);
}

TEST_CASE("Xwayland with glamor shows what X clients draw") {
    need_program("Xwayland");
    need_program("xsetroot");
    CompositorProcess compositor{ScreenSize};
    // It refuses to draw with what calls itself llvmpipe.
    Process server{
        {"Xwayland", ":4711", "-displayfd", "1", "-noreset", "-geometry", "1280x720", "-glamor",
         "gl"},
        {compositor.environment(), SynchronousMesa, DmabufMesa, "force_gl_renderer=vgem"}};
    server.await_line("4711");
    Process client{{"xsetroot", "-solid", "#3366cc"}, {"DISPLAY=:4711"}};
    CHECK(client.wait() == 0);
    CHECK(await_import(compositor, "Xwayland").contains("fourcc=XR24"));
    check_blue(compositor);
    end_unrefused(compositor);
}

TEST_CASE("compositors in a window show their clients") {
    struct Nested {
        std::string name;
        std::vector<std::string> command, environment;
    };
    const std::vector<std::string> wlroots = {"WLR_BACKENDS=wayland", "WLR_RENDERER=gles2",
                                              "WLR_RENDERER_ALLOW_SOFTWARE=1"};
    Nested nested;
    SECTION("sway") {
        nested = {"sway", {"sway", "--config", clients_file("sway.conf")}, wlroots};
    }
    SECTION("cage") {
        nested = {"cage", {"cage"}, wlroots};
    }
    SECTION("weston") {
        nested = {"weston",
                  {"weston", "--backend=wayland", "--renderer=gl", "--shell=kiosk", "--no-config",
                   "--fullscreen"},
                  {DmabufMesa}};
    }
    need_program(nested.name);
    if (nested.name != "sway") {
        nested.command.push_back("--");
        std::ranges::copy(gradient_command(), std::back_inserter(nested.command));
    }
    CompositorProcess compositor{ScreenSize};
    nested.environment.insert(nested.environment.end(),
                              {compositor.environment(), SynchronousMesa});
    const Process client{nested.command, nested.environment};
    CHECK(await_import(compositor, nested.name).contains("size=1280x720"));
    check_gradient_in(compositor);
    end_unrefused(compositor);
}

TEST_CASE("mpv shows 10 bits a channel") {
    need_program("mpv");
    CompositorProcess compositor{{"--size", "640x480"}};
    // Its other ways of drawing take the software rasterizer seconds.
    const Process client{{"mpv", "--no-config", "--really-quiet", "--vo=gpu",
                          "--gpu-context=wayland", "--gpu-dumb-mode=yes", "--fullscreen",
                          "--loop=inf", "av://lavfi:color=c=0x3366cc:s=640x480"},
                         {compositor.environment(), SynchronousMesa, DmabufMesa}};
    CHECK(await_import(compositor, "mpv").contains("fourcc=XR30"));
    // The colour is YUV on its way.
    check_blue(compositor, 2);
    end_unrefused(compositor);
}

TEST_CASE("wl-mirror shows a part of the screen by a dma-buf that it has captured") {
    need_program("wl-mirror");
    need_program(Qml);
    const std::string backend = GENERATE("screencopy-dmabuf", "extcopy-dmabuf");
    INFO(backend);
    CompositorProcess compositor{ScreenSize};
    const Process client = start_qml(compositor);
    check_blue(compositor);
    const Process mirror{{"wl-mirror", "--backend", backend, "--region", "0,0 100x100"},
                         {compositor.environment(), SynchronousMesa, DmabufMesa}};
    // Its own buffers have 10 bits.
    await_import(compositor, "wl-mirror");
    compositor.process().await_line("fourcc=XR24");
    const auto is_other = [](const Pixel& pixel) { return pixel != Blue; };
    const auto shows_mirror = [&](const Picture& seen) {
        const Box frame = seen.bounds(Screen, is_other);
        return frame.width > 100 && seen.at(Screen.width / 2, Screen.height / 2) == Blue;
    };
    const Picture screen = await_picture(compositor, shows_mirror);
    const Box window = find_window(screen, 100, 100);
    CHECK(screen.bounds(window, is_other).width == 0);
    end_unrefused(compositor);
}

TEST_CASE("waypipe brings dma-bufs over a socket") {
    need_program("waypipe");
    CompositorProcess compositor{ScreenSize};
    const std::string socket = "/tmp/tarmac-test-waypipe";
    const Process near{{"waypipe", "--socket", socket, "client"}, {compositor.environment()}};
    std::vector<std::string> command = {"waypipe", "--socket", socket, "server", "--"};
    std::ranges::copy(gradient_command(), std::back_inserter(command));
    const Process far{command, {SynchronousMesa}};
    await_import(compositor, "waypipe");
    const Picture screen = await_picture(
        compositor, [](const Picture& seen) { return find_gradient(seen, Screen).width == 256; });
    check_gradient(screen, find_window(screen, 256, 256));
    end_unrefused(compositor);
}
