#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "wlr/wlr.hpp"

// From <wlr/render/gles2.h>, which brings in OpenGL ES.
extern "C" wlr_renderer* wlr_gles2_renderer_create_with_drm_fd(int drm_fd);

namespace test {

/// An environment variable, for as long as this lives.
class EnvironmentVariable {
public:
    EnvironmentVariable(const char* name, const char* value) : name_{name} {
        setenv(name, value, 1);
    }
    ~EnvironmentVariable() { unsetenv(name_); }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

private:
    const char* name_;
};

/// wlroots' for OpenGL ES, on a device's node or without one (-1).
class GlesRenderer {
public:
    explicit GlesRenderer(int drm_fd) {
        setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 1);
        renderer_ = wlr_gles2_renderer_create_with_drm_fd(drm_fd);
        REQUIRE(renderer_);
    }
    ~GlesRenderer() { wlr_renderer_destroy(renderer_); }
    GlesRenderer(const GlesRenderer&) = delete;
    GlesRenderer& operator=(const GlesRenderer&) = delete;

    wlr_renderer* get() const { return renderer_; }

private:
    wlr_renderer* renderer_;
};

} // namespace test
