#pragma once

#include <string>

struct wlr_renderer;

namespace tarmac {

/// What OpenGL ES says of itself.
struct GlesInfo {
    std::string renderer; ///< GL_RENDERER, what draws
    int max_texture_size = 0;
};
/// `renderer` must be wlroots' GLES2 renderer. Nothing is known if its context can't be had.
GlesInfo gles_info(wlr_renderer* renderer);

} // namespace tarmac
