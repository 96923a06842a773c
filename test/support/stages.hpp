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

/// The same for tests of what is imported: skips them where `renderer` imports no memory of others.
inline Stage importing_stage(const std::string& renderer = "gles2") {
    Stage stage = stage_of(renderer);
    if (stage.drm_device == RenderNode)
        need_importing_node();
    return stage;
}

} // namespace test
