#include "wlr/gles_info.hpp"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>

#include "wlr/current_context.hpp"
#include "wlr/renderer_kind.hpp"

namespace tarmac {

namespace {

bool has_extension(const char* all, std::string_view name) {
    return all && std::ranges::contains(std::views::split(std::string_view{all}, ' '), name,
                                        [](auto word) { return std::string_view{word}; });
}

/// EGL's word for it, whatever the driver calls itself.
bool is_software_device(EGLDisplay display) {
    const auto query_display = reinterpret_cast<PFNEGLQUERYDISPLAYATTRIBEXTPROC>(
        eglGetProcAddress("eglQueryDisplayAttribEXT"));
    const auto query_device = reinterpret_cast<PFNEGLQUERYDEVICESTRINGEXTPROC>(
        eglGetProcAddress("eglQueryDeviceStringEXT"));
    EGLAttrib device = 0;
    return query_display && query_device && query_display(display, EGL_DEVICE_EXT, &device) &&
           has_extension(query_device(reinterpret_cast<EGLDeviceEXT>(device), EGL_EXTENSIONS),
                         "EGL_MESA_device_software");
}

/// Mesa draws on the CPU for devices too that EGL doesn't take for software, and says so by its
/// driver's name alone: for vgem without GBM, say.
bool has_software_driver(EGLDisplay display) {
    const auto get_name = reinterpret_cast<PFNEGLGETDISPLAYDRIVERNAMEPROC>(
        eglGetProcAddress("eglGetDisplayDriverName"));
    if (!get_name ||
        !has_extension(eglQueryString(display, EGL_EXTENSIONS), "EGL_MESA_query_driver"))
        return false;
    const char* name = get_name(display);
    return name &&
           std::ranges::contains(std::array{"swrast", "kms_swrast"}, std::string_view{name});
}

} // namespace

GlesInfo gles_info(wlr_renderer* renderer) {
    constexpr unsigned GlMaxTextureSize = 0x0d33;
    const auto get_integers = gl_function<void(unsigned, int*)>("glGetIntegerv");
    const GlesContext gles = gles_context(renderer);
    GlesInfo info;
    info.draws_on_cpu = is_software_device(gles.display) || has_software_driver(gles.display);
    if (const CurrentContext context{gles}; context && get_integers)
        get_integers(GlMaxTextureSize, &info.max_texture_size);
    return info;
}

void finish_gles(wlr_renderer* renderer) {
    const auto finish = gl_function<void()>("glFinish");
    if (const CurrentContext context{gles_context(renderer)}; context && finish)
        finish();
}

} // namespace tarmac
