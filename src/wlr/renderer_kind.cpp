#include "wlr/renderer_kind.hpp"

#include "wlr/wlr.hpp"

// Declared here because the headers that do it bring in those of OpenGL ES and Vulkan.
extern "C" {
struct wlr_egl;
#if WLR_HAS_GLES2_RENDERER
bool wlr_renderer_is_gles2(wlr_renderer* renderer);
wlr_egl* wlr_gles2_renderer_get_egl(wlr_renderer* renderer);
wlr_renderer* wlr_gles2_renderer_create(wlr_egl* egl);
wlr_egl* wlr_egl_create_with_context(void* display, void* context);
void* wlr_egl_get_display(wlr_egl* egl);
void* wlr_egl_get_context(wlr_egl* egl);
#endif
#if WLR_HAS_VULKAN_RENDERER
bool wlr_renderer_is_vk(wlr_renderer* renderer);
#endif
}

namespace tarmac {

bool is_gles2([[maybe_unused]] wlr_renderer* renderer) noexcept {
#if WLR_HAS_GLES2_RENDERER
    return wlr_renderer_is_gles2(renderer);
#else
    return false;
#endif
}

bool is_vulkan([[maybe_unused]] wlr_renderer* renderer) noexcept {
#if WLR_HAS_VULKAN_RENDERER
    return wlr_renderer_is_vk(renderer);
#else
    return false;
#endif
}

GlesContext gles_context([[maybe_unused]] wlr_renderer* renderer) noexcept {
#if WLR_HAS_GLES2_RENDERER
    wlr_egl* egl = wlr_gles2_renderer_get_egl(renderer);
    return {wlr_egl_get_display(egl), wlr_egl_get_context(egl)};
#else
    return {};
#endif
}

wlr_renderer* create_gles2_renderer([[maybe_unused]] const GlesContext& gles) noexcept {
#if WLR_HAS_GLES2_RENDERER
    wlr_egl* egl = wlr_egl_create_with_context(gles.display, gles.context);
    return egl ? wlr_gles2_renderer_create(egl) : nullptr;
#else
    return nullptr;
#endif
}

} // namespace tarmac
