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
/// A GLES2 renderer that draws with `gles`, and destroys its context with it, not its display.
/// nullptr, and the context is left, if there is none to be had.
wlr_renderer* create_gles2_renderer(const GlesContext& gles) noexcept;

} // namespace tarmac
