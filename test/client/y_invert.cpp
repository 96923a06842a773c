// Buffers whose first row is the lowest of the picture.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/picture.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr int Width = 80, Height = 48;
constexpr std::uint32_t Stride = Width * 4;

/// No row, column or corner of it looks like another.
Pixel card_at(int x, int y) {
    return {static_cast<std::uint8_t>(60 + x * 2), static_cast<std::uint8_t>(60 + y * 3),
            static_cast<std::uint8_t>(x < Width / 2 ? 200 : 40)};
}

wl_buffer* make_card(RawClient& client, bool is_inverted) {
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Height);
    DmabufMapping mapping{dmabuf, Stride * Height};
    std::vector<std::uint32_t> row(Width);
    for (int y = 0; y < Height; ++y) {
        for (int x = 0; x < Width; ++x) {
            const Pixel pixel = card_at(x, is_inverted ? Height - 1 - y : y);
            row[static_cast<std::size_t>(x)] =
                static_cast<std::uint32_t>(pixel.red << 16 | pixel.green << 8 | pixel.blue);
        }
        mapping.write(static_cast<std::size_t>(y) * Stride, row.data(), Stride);
    }
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
    const Answer answer =
        client.create(params, Width, Height, DRM_FORMAT_XRGB8888,
                      is_inverted ? ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT : 0);
    REQUIRE(answer == Answer{Answer::Created, 0, {}});
    return params.buffer;
}

} // namespace

TEST_CASE("an inverted buffer shows the picture the right way up") {
    // Drawn from the dma-buf, or from what was read of it.
    CompositorProcess compositor{{"--size", "320x240"}, stage_of(GENERATE("gles2", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};
    window.show(make_card(client, true));
    const Picture screen = take_screenshot(compositor.socket());
    const Box window_box = find_window(screen, Width, Height);
    int wrong = 0;
    for (int y = 0; y < Height; ++y) {
        for (int x = 0; x < Width; ++x)
            wrong += screen.at(window_box.x + x, window_box.y + y) != card_at(x, y);
    }
    CHECK(wrong == 0);
}

TEST_CASE("inverted or not, a buffer looks the same turned and cropped") {
    CompositorProcess compositor{{"--size", "320x240"}, stage_of(GENERATE("gles2", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};
    wl_buffer* upright = make_card(client, false);
    wl_buffer* inverted = make_card(client, true);
    for (std::int32_t transform = WL_OUTPUT_TRANSFORM_NORMAL;
         transform <= WL_OUTPUT_TRANSFORM_FLIPPED_270; ++transform) {
        for (const bool crops : {false, true}) {
            INFO("transform " << transform << (crops ? ", cropped" : ""));
            window.set_transform(transform);
            if (crops)
                window.set_crop(5, 9, 30, 20);
            window.show(upright);
            const Picture expected = take_screenshot(compositor.socket());
            window.show(inverted);
            CHECK(take_screenshot(compositor.socket()) == expected);
            window.set_crop(-1, -1, -1, -1);
        }
    }
}
