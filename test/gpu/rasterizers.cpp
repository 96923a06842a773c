// Who draws: a GPU's driver, or Mesa on the CPU for a device that has none.

#include <catch2/catch_test_macros.hpp>

#include "gpu/stage.hpp"
#include "support/gles_renderer.hpp"
#include "wlr/renderer_facts.hpp"

using namespace test;

TEST_CASE("a GPU isn't taken for the CPU, nor the CPU for a GPU, whatever they call themselves") {
    const struct {
        const char* driver;
        const char* called; ///< Mesa's option for what it says of itself
        bool is_cpu;
    } devices[] = {
        {Gpu, "llvmpipe", false},
        {"bochs-drm", "A GPU", true},
        {"vgem", "A GPU", true},
    };
    drm_nodes_of(Gpu);
    for (const auto& [driver, called, is_cpu] : devices) {
        const tarmac::Fd node = open_drm_driver(driver);
        if (!node)
            continue;
        INFO(driver);
        const EnvironmentVariable name{"force_gl_renderer", called};
        const GlesRenderer renderer{node.get()};
        CHECK(tarmac::RendererFacts::of(renderer.get())->draws_on_cpu == is_cpu);
    }
}
