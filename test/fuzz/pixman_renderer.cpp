#include <sys/stat.h>

#include "fuzz/input.hpp"
#include "fuzz/real_renderer.hpp"
#include "wlr/wlr.hpp"

namespace fuzz {

wlr_renderer* create_real_renderer() {
    return wlr_pixman_renderer_create();
}

void end_real_renderer(wlr_renderer* renderer) {
    wlr_renderer_destroy(renderer);
}

bool real_renderer_keeps_descriptors() {
    return false;
}

dev_t main_device() {
    struct stat status{};
    FUZZ_CHECK(stat("/dev/udmabuf", &status) == 0, "/dev/udmabuf is missing");
    return status.st_rdev;
}

} // namespace fuzz
