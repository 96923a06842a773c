#pragma once

struct wlr_renderer;

namespace tarmac {

bool is_gles2(wlr_renderer* renderer) noexcept;
bool is_vulkan(wlr_renderer* renderer) noexcept;

/// An EGLDisplay and an EGLContext, borrowed.
struct GlesContext {
    void* display;
    void* context;
};
/// What a GLES2 `renderer` draws with.
GlesContext gles_context(wlr_renderer* renderer) noexcept;

} // namespace tarmac
