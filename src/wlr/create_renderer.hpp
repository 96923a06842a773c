#pragma once

struct wlr_renderer;

namespace tarmac {

/// A renderer of wlroots' that draws with the DRM node `drm_fd`, which is borrowed, or with -1 on
/// the CPU. nullptr if it can't be started, which wlroots' log says more of, or if wlroots was
/// built without it.
wlr_renderer* create_gles2_renderer(int drm_fd) noexcept;
wlr_renderer* create_vulkan_renderer(int drm_fd) noexcept;

/// Whether wlroots was built with them.
bool has_gles2() noexcept;
bool has_vulkan() noexcept;

} // namespace tarmac
