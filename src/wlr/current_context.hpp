#pragma once

#include <EGL/egl.h>

#include "wlr/renderer_kind.hpp"

namespace tarmac {

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

/// By name, since <GLES2/gl2.h> wants a library that wlroots has loaded anyway.
template <class Function>
Function* gl_function(const char* name) {
    return reinterpret_cast<Function*>(eglGetProcAddress(name));
}

} // namespace tarmac
