#include "wlr/destroy_renderer.hpp"

#include "wlr/renderer_kind.hpp"
#include "wlr/wlr.hpp"

#include <EGL/egl.h>

namespace tarmac {
namespace {

EGLDisplay display_of(wlr_renderer* renderer) noexcept {
    return is_gles2(renderer) ? gles_context(renderer).display : EGL_NO_DISPLAY;
}

} // namespace

void destroy_renderer(wlr_renderer* renderer, wlr_renderer* present) noexcept {
    const EGLDisplay display = display_of(renderer);
    wlr_renderer_destroy(renderer);
    if (display != EGL_NO_DISPLAY && display != display_of(present))
        eglTerminate(display);
}

} // namespace tarmac
