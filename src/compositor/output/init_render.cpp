#include "compositor/output/init_render.hpp"

#include "compositor/graphics.hpp"

#include <utility>

extern "C" {
#include <wlr/render/swapchain.h>
}

namespace tarmac::compositor {

bool init_render(wlr_output& output, const Graphics& graphics) {
    if (wlr_output_init_render(&output, graphics.allocator(), graphics.renderer()))
        return true;
    wlr_swapchain_destroy(std::exchange(output.swapchain, nullptr));
    wlr_swapchain_destroy(std::exchange(output.cursor_swapchain, nullptr));
    output.allocator = graphics.allocator();
    output.renderer = graphics.renderer();
    return false;
}

} // namespace tarmac::compositor
