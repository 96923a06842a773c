#pragma once

#include "support/compositor_process.hpp"

namespace test {

/// Where `renderer` can draw without a GPU.
inline Stage stage_of(const std::string& renderer) {
    Stage stage{.renderer = renderer};
    if (renderer == "vulkan") {
        stage.drm_device = "";
        stage.environment = {"WLR_RENDERER_FORCE_SOFTWARE=1"};
    }
    return stage;
}

} // namespace test
