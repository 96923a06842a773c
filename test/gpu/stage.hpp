#pragma once

#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/gpu_client.hpp"
#include "support/render_node.hpp"
#include "support/window.hpp"

namespace test {

/// The driver of the machine's GPU.
inline constexpr const char* Gpu = "virtio_gpu";

/// A compositor that draws with the GPU, or reads with `renderer` what the GPU drew. Skips the test
/// without one.
inline Stage gpu_stage(const std::string& renderer = "gles2") {
    return {.renderer = renderer, .drm_device = drm_nodes_of(Gpu).render};
}

/// Four colours that can't be taken for each other, also where blue and red are swapped.
inline constexpr GpuClient::Quarters Colors{
    {{200, 40, 10}, {20, 180, 60}, {30, 50, 220}, {230, 210, 90}}};

/// XRGB8888, without gaps between its rows.
inline std::vector<std::uint8_t> image_of(const GpuClient::Quarters& quarters, int width,
                                          int height) {
    std::vector<std::uint8_t> bytes;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const Pixel& color =
                quarters[static_cast<std::size_t>(y * 2 / height * 2 + x * 2 / width)];
            bytes.insert(bytes.end(), {color.blue, color.green, color.red, 255});
        }
    }
    return bytes;
}

/// Whether `screen` shows that in `box`, by the middles of its quarters.
inline bool shows(const Picture& screen, const Box& box, const GpuClient::Quarters& quarters) {
    for (int i = 0; i < 4; ++i) {
        const int x = box.x + (i % 2 * 2 + 1) * box.width / 4;
        const int y = box.y + (i / 2 * 2 + 1) * box.height / 4;
        if (distance(screen.at(x, y), quarters[static_cast<std::size_t>(i)]) > 2) {
            UNSCOPED_INFO("quarter " << i << ": " << to_string(screen.at(x, y)));
            return false;
        }
    }
    return true;
}

/// Doesn't wait until it is drawn.
inline void commit(const Window& window, wl_buffer* buffer) {
    wl_surface_attach(window.surface(), buffer, 0, 0);
    wl_surface_damage_buffer(window.surface(), 0, 0, INT32_MAX, INT32_MAX);
    wl_surface_commit(window.surface());
}

/// Whether a buffer of the GPU is drawn for somebody who comes now.
inline void check_newcomer(const CompositorProcess& compositor, const GpuClient& gpu) {
    constexpr int Width = 128, Height = 96;
    RawClient client = compositor.connect(5);
    Window window{client};
    const GpuBuffer buffer = gpu.allocate(Width, Height);
    gpu.draw(buffer, Colors);
    window.show(buffer.announce(client));
    const Picture screen = take_screenshot(compositor.socket());
    CHECK(shows(screen, find_window(screen, Width, Height), Colors));
}

} // namespace test
