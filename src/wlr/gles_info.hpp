#pragma once

struct wlr_renderer;

namespace tarmac {

/// What OpenGL ES says of itself.
struct GlesInfo {
    int max_texture_size = 0;
    bool draws_on_cpu = false;
};
/// `renderer` must be wlroots' GLES2 renderer. Nothing is known if its context can't be had.
GlesInfo gles_info(wlr_renderer* renderer);

/// Waits until all that a GLES2 `renderer` was told to draw is drawn.
void finish_gles(wlr_renderer* renderer);

} // namespace tarmac
