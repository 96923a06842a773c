#include "support/gpu_client.hpp"

#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <vector>

namespace test {

using tarmac::Fd;

namespace {

template <class Function>
Function* extension(const char* name) {
    auto* function = reinterpret_cast<Function*>(eglGetProcAddress(name));
    REQUIRE(function);
    return function;
}

unsigned compile(unsigned kind, const char* source) {
    const unsigned shader = glCreateShader(kind);
    glShaderSource(shader, 1, &source, nullptr);
    glCompileShader(shader);
    return shader;
}

constexpr const char* Vertices = "attribute vec2 place; void main() { "
                                 "gl_Position = vec4(place, 0.0, 1.0); }";
// The compiler can't know that the sum stays too small to be seen.
constexpr const char* Slow =
    "precision highp float; uniform vec4 color; uniform int rounds; void main() { float sum = 0.0; "
    "for (int i = 0; i < 1000000; ++i) { if (i >= rounds) break; "
    "sum += fract(sin(float(i) + gl_FragCoord.x)) * 1e-12; } gl_FragColor = color + vec4(sum); }";

} // namespace

Answer GpuBuffer::announce(RawClient& client, RawClient::Params*& params, std::uint64_t as_modifier,
                           std::uint32_t as_fourcc) const {
    params = &client.create_params();
    for (int i = 0; i < gbm_bo_get_plane_count(bo.get()); ++i)
        client.add(*params, dmabuf.get(), static_cast<std::uint32_t>(i),
                   gbm_bo_get_offset(bo.get(), i), gbm_bo_get_stride_for_plane(bo.get(), i),
                   as_modifier);
    return client.create(*params, width, height, as_fourcc);
}

wl_buffer* GpuBuffer::announce(RawClient& client) const {
    RawClient::Params* params;
    REQUIRE(announce(client, params, modifier, fourcc) == Answer{Answer::Created, 0, {}});
    return params->buffer;
}

/// Drawn into, or read from, while it lives.
class GpuClient::Target {
public:
    Target(const GpuClient& client, const GpuBuffer& buffer) : display_{client.display_} {
        REQUIRE(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, client.context_));
        const int stride = static_cast<int>(gbm_bo_get_stride(buffer.bo.get()));
        std::vector<EGLint> attributes = {EGL_WIDTH,
                                          buffer.width,
                                          EGL_HEIGHT,
                                          buffer.height,
                                          EGL_LINUX_DRM_FOURCC_EXT,
                                          static_cast<EGLint>(buffer.fourcc),
                                          EGL_DMA_BUF_PLANE0_FD_EXT,
                                          buffer.dmabuf.get(),
                                          EGL_DMA_BUF_PLANE0_OFFSET_EXT,
                                          0,
                                          EGL_DMA_BUF_PLANE0_PITCH_EXT,
                                          stride,
                                          EGL_NONE};
        auto* create =
            extension<std::remove_pointer_t<PFNEGLCREATEIMAGEKHRPROC>>("eglCreateImageKHR");
        image_ =
            create(display_, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, nullptr, attributes.data());
        REQUIRE(image_ != EGL_NO_IMAGE_KHR);
        glGenTextures(1, &texture_);
        glBindTexture(GL_TEXTURE_2D, texture_);
        extension<std::remove_pointer_t<PFNGLEGLIMAGETARGETTEXTURE2DOESPROC>>(
            "glEGLImageTargetTexture2DOES")(GL_TEXTURE_2D, image_);
        glGenFramebuffers(1, &framebuffer_);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
        REQUIRE(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
        glViewport(0, 0, buffer.width, buffer.height);
    }
    ~Target() {
        glDeleteFramebuffers(1, &framebuffer_);
        glDeleteTextures(1, &texture_);
        extension<std::remove_pointer_t<PFNEGLDESTROYIMAGEKHRPROC>>("eglDestroyImageKHR")(display_,
                                                                                          image_);
        eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

private:
    EGLDisplay display_;
    EGLImageKHR image_;
    unsigned texture_ = 0, framebuffer_ = 0;
};

GpuClient::GpuClient(const std::string& render_node)
    : node_{open(render_node.c_str(), O_RDWR | O_CLOEXEC)}
    , gbm_{node_ ? gbm_create_device(node_.get()) : nullptr} {
    if (!gbm_)
        SKIP("no GBM on " << render_node);
    display_ = eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, gbm_, nullptr);
    REQUIRE(eglInitialize(display_, nullptr, nullptr));
    eglBindAPI(EGL_OPENGL_ES_API);
    constexpr EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
    context_ = eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
    REQUIRE(context_ != EGL_NO_CONTEXT);
    REQUIRE(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_));
    program_ = glCreateProgram();
    glAttachShader(program_, compile(GL_VERTEX_SHADER, Vertices));
    glAttachShader(program_, compile(GL_FRAGMENT_SHADER, Slow));
    glBindAttribLocation(program_, 0, "place");
    glLinkProgram(program_);
    GLint is_linked = 0;
    glGetProgramiv(program_, GL_LINK_STATUS, &is_linked);
    REQUIRE(is_linked == GL_TRUE);
    eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

GpuClient::~GpuClient() {
    eglDestroyContext(display_, context_);
    eglTerminate(display_);
    gbm_device_destroy(gbm_);
}

GpuBuffer GpuClient::allocate(int width, int height, std::uint32_t fourcc,
                              std::uint32_t flags) const {
    GpuBuffer buffer{.bo{gbm_bo_create(gbm_, static_cast<std::uint32_t>(width),
                                       static_cast<std::uint32_t>(height), fourcc, flags)},
                     .dmabuf = {},
                     .width = width,
                     .height = height,
                     .fourcc = fourcc,
                     .modifier = DRM_FORMAT_MOD_INVALID};
    REQUIRE(buffer.bo);
    buffer.dmabuf = Fd{gbm_bo_get_fd(buffer.bo.get())};
    REQUIRE(buffer.dmabuf);
    buffer.modifier = gbm_bo_get_modifier(buffer.bo.get());
    return buffer;
}

void GpuClient::draw(const GpuBuffer& buffer, const Quarters& quarters) const {
    const Target target{*this, buffer};
    glEnable(GL_SCISSOR_TEST);
    for (int i = 0; i < 4; ++i) {
        // What OpenGL draws first into a buffer is its first row.
        glScissor(i % 2 * buffer.width / 2, i / 2 * buffer.height / 2, buffer.width / 2,
                  buffer.height / 2);
        const Pixel& color = quarters[static_cast<std::size_t>(i)];
        glClearColor(static_cast<float>(color.red) / 255, static_cast<float>(color.green) / 255,
                     static_cast<float>(color.blue) / 255, 1);
        glClear(GL_COLOR_BUFFER_BIT);
    }
    glDisable(GL_SCISSOR_TEST);
    glFlush();
}

void GpuClient::draw_slowly(const GpuBuffer& buffer, const Quarters& quarters, int rounds) const {
    const Target target{*this, buffer};
    glUseProgram(program_);
    glUniform1i(glGetUniformLocation(program_, "rounds"), rounds);
    glEnableVertexAttribArray(0);
    for (int i = 0; i < 4; ++i) {
        const float x = static_cast<float>(i % 2) - 1, y = static_cast<float>(i / 2) - 1;
        const float corners[] = {x, y, x + 1, y, x, y + 1, x + 1, y + 1};
        glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, corners);
        const Pixel& color = quarters[static_cast<std::size_t>(i)];
        glUniform4f(glGetUniformLocation(program_, "color"), static_cast<float>(color.red) / 255,
                    static_cast<float>(color.green) / 255, static_cast<float>(color.blue) / 255, 1);
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    }
    glFlush();
}

Fd GpuClient::fence() const {
    const std::string_view extensions = eglQueryString(display_, EGL_EXTENSIONS);
    if (!extensions.contains("EGL_ANDROID_native_fence_sync"))
        SKIP("the GPU's driver exports no fences");
    REQUIRE(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_));
    const EGLSyncKHR sync = extension<std::remove_pointer_t<PFNEGLCREATESYNCKHRPROC>>(
        "eglCreateSyncKHR")(display_, EGL_SYNC_NATIVE_FENCE_ANDROID, nullptr);
    REQUIRE(sync != EGL_NO_SYNC_KHR);
    glFlush();
    Fd fence{extension<std::remove_pointer_t<PFNEGLDUPNATIVEFENCEFDANDROIDPROC>>(
        "eglDupNativeFenceFDANDROID")(display_, sync)};
    extension<std::remove_pointer_t<PFNEGLDESTROYSYNCKHRPROC>>("eglDestroySyncKHR")(display_, sync);
    eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    REQUIRE(fence);
    return fence;
}

void GpuClient::finish() const {
    REQUIRE(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_));
    glFinish();
    eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

Picture GpuClient::read(const GpuBuffer& buffer) const {
    const Target target{*this, buffer};
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(buffer.width * buffer.height) * 4);
    glReadPixels(0, 0, buffer.width, buffer.height, GL_RGBA, GL_UNSIGNED_BYTE, bytes.data());
    Picture picture{buffer.width, buffer.height, {}};
    for (std::size_t i = 0; i < bytes.size(); i += 4)
        picture.pixels.push_back({bytes[i], bytes[i + 1], bytes[i + 2]});
    return picture;
}

} // namespace test
