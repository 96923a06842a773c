// What clients on a GPU do all day: buffers of the driver's, drawn by OpenGL.

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "gpu/stage.hpp"

using namespace test;

TEST_CASE("a GPU's buffer is imported: drawn again, resized, by several clients") {
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    RawClient client = compositor.connect(5), other = compositor.connect(5);
    std::optional<Window> window{std::in_place, client};
    for (const auto& [width, height] : {std::pair{128, 96}, std::pair{200, 120}}) {
        INFO(width << "x" << height);
        const GpuBuffer buffer = gpu.allocate(width, height);
        wl_buffer* announced = buffer.announce(client);
        CHECK(compositor.process().await_line("tarmac: imported").contains("way=renderer"));
        for (GpuClient::Quarters quarters = Colors; const int turn : {0, 1}) {
            std::swap(quarters[0], quarters[static_cast<std::size_t>(turn)]);
            gpu.draw(buffer, quarters);
            window->show(announced);
            const Picture screen = take_screenshot(compositor.socket());
            CHECK(shows(screen, find_window(screen, width, height), quarters));
        }
    }
    window.reset();
    Window of_other{other};
    const GpuBuffer buffer = gpu.allocate(128, 96);
    gpu.draw(buffer, Colors);
    of_other.show(buffer.announce(other));
    const Picture screen = take_screenshot(compositor.socket());
    CHECK(shows(screen, find_window(screen, 128, 96), Colors));
}
