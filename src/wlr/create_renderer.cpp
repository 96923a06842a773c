#include "wlr/create_renderer.hpp"

#include "wlr/wlr.hpp"

// Declared here because the headers that do it bring in those of OpenGL ES and Vulkan.
extern "C" {
#if WLR_HAS_GLES2_RENDERER
wlr_renderer* wlr_gles2_renderer_create_with_drm_fd(int drm_fd);
#endif
#if WLR_HAS_VULKAN_RENDERER
wlr_renderer* wlr_vk_renderer_create_with_drm_fd(int drm_fd);
#endif
}

namespace tarmac {

wlr_renderer* create_gles2_renderer([[maybe_unused]] int drm_fd) noexcept {
#if WLR_HAS_GLES2_RENDERER
    return wlr_gles2_renderer_create_with_drm_fd(drm_fd);
#else
    return nullptr;
#endif
}

wlr_renderer* create_vulkan_renderer([[maybe_unused]] int drm_fd) noexcept {
#if WLR_HAS_VULKAN_RENDERER
    return wlr_vk_renderer_create_with_drm_fd(drm_fd);
#else
    return nullptr;
#endif
}

bool has_gles2() noexcept {
    return WLR_HAS_GLES2_RENDERER;
}

bool has_vulkan() noexcept {
    return WLR_HAS_VULKAN_RENDERER;
}

} // namespace tarmac
