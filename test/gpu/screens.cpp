// What screens really show, by who has them: QEMU for one, the kernel for the GPU's.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "dmabuf/formatted.hpp"
#include "gpu/stage.hpp"
#include "support/qmp.hpp"

using namespace test;

namespace {

/// With threads, as Mesa has them for users.
constexpr const char* Threads = "LP_NUM_THREADS=2";

/// The kernel's account of what the cards' planes show.
std::string state_of_planes() {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator{"/sys/kernel/debug/dri"}) {
        std::ifstream state{entry.path() / "state"};
        for (std::string line; std::getline(state, line);)
            all += line + "\n";
    }
    return all;
}

} // namespace

TEST_CASE("a card that copies shows all that was drawn on the CPU") {
    Qmp qmp;
    CompositorProcess compositor{{},
                                 {.drm_device = drm_nodes_of("bochs-drm").card,
                                  .on_screen = true,
                                  .environment = {Threads}}};
    RawClient client = compositor.connect(5);
    Window window{client};
    const int width = 256, height = 192;
    const auto show = [&](const GpuClient::Quarters& colors) {
        const tarmac::Fd dmabuf = make_dmabuf(Exporter::Udmabuf, image_of(colors, width, height));
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, width * 4, DRM_FORMAT_MOD_LINEAR);
        REQUIRE(client.create(params, width, height, DRM_FORMAT_XRGB8888) ==
                Answer{Answer::Created, 0, {}});
        // The card has taken the picture when the next one is drawn.
        window.show(params.buffer);
        window.show(params.buffer);
    };
    for (GpuClient::Quarters colors = Colors; const int turn : {0, 1, 2}) {
        std::swap(colors[0], colors[static_cast<std::size_t>(turn)]);
        show(colors);
        const Picture seen = qmp.screendump("bochs");
        CHECK(shows(seen, find_window(seen, width, height), colors));
    }
}

TEST_CASE("a GPU's screen shows a buffer that fills it without a copy") {
    const DrmNodes nodes = drm_nodes_of(Gpu);
    CompositorProcess compositor{{}, {.drm_device = nodes.card, .on_screen = true}};
    const GpuClient gpu{nodes.render};
    RawClient client = compositor.connect(5);
    Window window{client};
    window.set_fullscreen();
    const int width = window.width(), height = window.height();
    // Wider than the screen, so that its rows are as long as no others'.
    const GpuBuffer wider =
        gpu.allocate(width + 64, height, GBM_FORMAT_XRGB8888,
                     GBM_BO_USE_RENDERING | GBM_BO_USE_SCANOUT | GBM_BO_USE_LINEAR);
    gpu.draw(wider, Colors);
    auto& params = client.create_params();
    const std::uint32_t stride = gbm_bo_get_stride(wider.bo.get());
    client.add(params, wider.dmabuf.get(), 0, 0, stride, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(client.create(params, width, height, DRM_FORMAT_XRGB8888) ==
            Answer{Answer::Created, 0, {}});
    const std::string pitch = tarmac::formatted("pitch[0]={}\n", stride);
    CHECK_FALSE(state_of_planes().contains(pitch));
    for (int i = 0; i < 3; ++i)
        window.show(params.buffer);
    const std::string state = state_of_planes();
    INFO(state);
    CHECK(state.contains(pitch));
}
