#include "import/trial_context.hpp"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <cstdlib>
#include <fcntl.h>
#include <xf86drm.h>

#include "import/imported_buffer.hpp"
#include "wlr/current_context.hpp"
#include "wlr/gles_info.hpp"

namespace tarmac {

namespace {

constexpr std::uint32_t Side = 16;
/// Of GL_EXT_occlusion_query_boolean.
constexpr unsigned AnySamplesPassed = 0x8c2f, QueryResultAvailable = 0x8867;

Fd open_render_node(int drm_fd) {
    const std::unique_ptr<char, decltype([](char* path) { std::free(path); })> path{
        drmGetRenderDeviceNameFromFd(drm_fd)};
    return Fd{path ? open(path.get(), O_RDWR | O_CLOEXEC) : -1};
}

} // namespace

void TrialContext::EndDisplay::operator()(void* display) const noexcept {
    eglTerminate(display);
}

std::unique_ptr<TrialContext> TrialContext::create(int drm_fd) {
    std::unique_ptr<TrialContext> made{new TrialContext{}};
    made->node_ = open_render_node(drm_fd);
    if (!made->node_ || !made->make_renderer() || !made->make_target())
        return nullptr;
    return made;
}

bool TrialContext::make_renderer() {
    gbm_.reset(gbm_create_device(node_.get()));
    if (!gbm_)
        return false;
    // Of EGL_PLATFORM_DEVICE there is one display for each device, which wlroots draws with.
    EGLDisplay display = eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, gbm_.get(), nullptr);
    if (display == EGL_NO_DISPLAY || !eglInitialize(display, nullptr, nullptr))
        return false;
    display_.reset(display);
    eglBindAPI(EGL_OPENGL_ES_API);
    constexpr EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
    EGLContext context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
    if (context == EGL_NO_CONTEXT)
        return false;
    renderer_.reset(create_gles2_renderer({display, context}));
    if (!renderer_)
        return false;
    const auto make_queries = gl_function<void(int, unsigned*)>("glGenQueriesEXT");
    if (const CurrentContext current{gles_context(renderer_.get())}; current && make_queries)
        make_queries(1, &query_);
    return query_ != 0;
}

bool TrialContext::make_target() {
    const std::unique_ptr<gbm_bo, Destroyer<gbm_bo_destroy>> bo{gbm_bo_create(
        gbm_.get(), Side, Side, GBM_FORMAT_XRGB8888, GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR)};
    if (!bo)
        return false;
    DmabufDescription description{.width = Side,
                                  .height = Side,
                                  .fourcc = DRM_FORMAT_XRGB8888,
                                  .n_planes = 1,
                                  .modifier = gbm_bo_get_modifier(bo.get()),
                                  .planes = {}};
    description.planes[0] = {Fd{gbm_bo_get_fd(bo.get())}, 0, gbm_bo_get_stride(bo.get())};
    auto image = Dmabuf::create(std::move(description));
    if (!image)
        return false;
    target_image_ = std::make_shared<const Dmabuf>(std::move(*image));
    target_ = ImportedBuffer::create(target_image_);
    return true;
}

bool TrialContext::draw(std::shared_ptr<const Dmabuf> image) {
    drawn_ = ImportedBuffer::create(std::move(image));
    texture_.reset(wlr_texture_from_buffer(renderer_.get(), drawn_.get()));
    wlr_render_pass* pass =
        texture_ ? wlr_renderer_begin_buffer_pass(renderer_.get(), target_.get(), nullptr)
                 : nullptr;
    if (!pass) {
        let_go();
        return false;
    }
    // Of all that OpenGL can be asked without waiting, the outcome of a query alone comes from what
    // has really been drawn: fences signal as ever where commands are dropped, without an error.
    gl_function<void(unsigned, unsigned)>("glBeginQueryEXT")(AnySamplesPassed, query_);
    wlr_render_texture_options options{};
    options.texture = texture_.get();
    options.dst_box = {0, 0, 1, 1};
    wlr_render_pass_add_texture(pass, &options);
    gl_function<void(unsigned)>("glEndQueryEXT")(AnySamplesPassed);
    if (wlr_render_pass_submit(pass))
        return true;
    let_go();
    return false;
}

void TrialContext::finish() {
    finish_gles(renderer_.get());
}

bool TrialContext::has_drawn() {
    const CurrentContext current{gles_context(renderer_.get())};
    unsigned is_there = 0;
    if (current)
        gl_function<void(unsigned, unsigned, unsigned*)>("glGetQueryObjectuivEXT")(
            query_, QueryResultAvailable, &is_there);
    return is_there != 0;
}

void TrialContext::let_go() {
    texture_.reset();
    drawn_.reset();
}

} // namespace tarmac
