// Buffers that the GPU refuses, since another device or nobody's has their memory.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>

#include "gpu/stage.hpp"

using namespace test;

namespace {

constexpr int Width = 128, Height = 96, Stride = Width * 4;

} // namespace

TEST_CASE("memory that the GPU refuses is read, be its layout linear or implicit") {
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    RawClient client = compositor.connect(5);
    Window window{client};
    for (const Exporter exporter : AllExporters) {
        if (!missing(exporter).empty())
            continue;
        const tarmac::Fd dmabuf = make_dmabuf(exporter, image_of(Colors, Width, Height));
        for (const std::uint64_t modifier : {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID}) {
            INFO(name_of(exporter) << ", modifier " << modifier);
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, Stride, modifier);
            REQUIRE(client.create(params, Width, Height, DRM_FORMAT_XRGB8888) ==
                    Answer{Answer::Created, 0, {}});
            CHECK(compositor.process().await_line("tarmac: imported").contains("way=mapped"));
            window.show(params.buffer);
            const Picture screen = take_screenshot(compositor.socket());
            CHECK(shows(screen, find_window(screen, Width, Height), Colors));
        }
    }
}
