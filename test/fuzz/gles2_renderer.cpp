#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <vector>

#include "fuzz/input.hpp"
#include "fuzz/real_renderer.hpp"
#include "support/render_node.hpp"
#include "wlr/wlr.hpp"

// From <wlr/render/gles2.h>, which brings in OpenGL ES.
extern "C" wlr_renderer* wlr_gles2_renderer_create_with_drm_fd(int drm_fd);

namespace fuzz {

namespace {

/// Mesa's don't come up any more after some dozens in one process.
std::vector<wlr_renderer*>& unused_renderers() {
    static auto& all = *new std::vector<wlr_renderer*>;
    return all;
}

int drm_fd() {
    static const int fd = open(test::RenderNode, O_RDWR | O_CLOEXEC);
    return fd;
}

} // namespace

wlr_renderer* create_real_renderer() {
    auto& unused = unused_renderers();
    if (!unused.empty()) {
        wlr_renderer* renderer = unused.back();
        unused.pop_back();
        return renderer;
    }
    setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 1);
    return wlr_gles2_renderer_create_with_drm_fd(drm_fd());
}

void end_real_renderer(wlr_renderer* renderer) {
    unused_renderers().push_back(renderer);
}

bool real_renderer_keeps_descriptors() {
    return true;
}

dev_t main_device() {
    struct stat status{};
    FUZZ_CHECK(fstat(drm_fd(), &status) == 0, "there is no device");
    return status.st_rdev;
}

} // namespace fuzz
