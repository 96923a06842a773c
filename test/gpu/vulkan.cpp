// Vulkan on a GPU whose driver for it isn't what wlroots needs, or isn't there.

#include <catch2/catch_test_macros.hpp>

#include "gpu/stage.hpp"

using namespace test;

TEST_CASE("where Vulkan can't be drawn with, it is said why and what can") {
    Process compositor = start_compositor({}, gpu_stage("vulkan"));
    const std::string line = compositor.await_line("tarmac: error");
    INFO(line);
    const bool has_driver = line.contains("lacks VK_EXT_image_drm_format_modifier");
    CHECK((has_driver || line.contains("Vulkan has no driver for this device")));
    CHECK(line.contains("--renderer gles2"));
    CHECK(compositor.wait() == 1);
}
