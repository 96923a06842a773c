#pragma once

struct wlr_renderer;

namespace tarmac {

/// Destroys `renderer`, and then its EGLDisplay unless `present` draws with the same one. Mesa
/// keeps the device of a display open, and a display of a GBM device that wlroots has freed is
/// found again by its address; wlroots (0.20.2, render/egl.c) leaves it where
/// EGL_KHR_display_reference is missing, as in Mesa.
void destroy_renderer(wlr_renderer* renderer, wlr_renderer* present) noexcept;

} // namespace tarmac
