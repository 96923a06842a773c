#include "wlr/gles_info.hpp"

#include <EGL/egl.h>

#include "wlr/renderer_kind.hpp"

namespace tarmac {

namespace {

/// A renderer's context is the thread's for as long as this lives.
class CurrentContext {
public:
    explicit CurrentContext(const GlesContext& gles)
        : display_{gles.display}
        , is_current_{eglMakeCurrent(gles.display, EGL_NO_SURFACE, EGL_NO_SURFACE, gles.context) ==
                      EGL_TRUE} {}
    CurrentContext(const CurrentContext&) = delete;
    CurrentContext& operator=(const CurrentContext&) = delete;
    ~CurrentContext() {
        if (before_.display != EGL_NO_DISPLAY)
            eglMakeCurrent(before_.display, before_.draw, before_.read, before_.context);
        else
            eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    }

    explicit operator bool() const { return is_current_; }

private:
    struct {
        EGLDisplay display = eglGetCurrentDisplay();
        EGLSurface draw = eglGetCurrentSurface(EGL_DRAW), read = eglGetCurrentSurface(EGL_READ);
        EGLContext context = eglGetCurrentContext();
    } before_;
    EGLDisplay display_;
    bool is_current_;
};

} // namespace

GlesInfo gles_info(wlr_renderer* renderer) {
    // From <GLES2/gl2.h>, which wants a library that wlroots has loaded anyway.
    constexpr unsigned GlRenderer = 0x1f01, GlMaxTextureSize = 0x0d33;
    using GetString = const char* (*)(unsigned);
    using GetIntegers = void (*)(unsigned, int*);
    const auto get_string = reinterpret_cast<GetString>(eglGetProcAddress("glGetString"));
    const auto get_integers = reinterpret_cast<GetIntegers>(eglGetProcAddress("glGetIntegerv"));
    GlesInfo info;
    const CurrentContext context{gles_context(renderer)};
    if (!context || !get_string || !get_integers)
        return info;
    if (const char* name = get_string(GlRenderer))
        info.renderer = name;
    get_integers(GlMaxTextureSize, &info.max_texture_size);
    return info;
}

} // namespace tarmac
