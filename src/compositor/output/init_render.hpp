#pragma once

#include "wlr/wlr.hpp"

namespace tarmac::compositor {

class Graphics;

/// Has `output` drawn with the renderer and allocator of `graphics`. False if it can't show what
/// they make; it has nothing of those before them then either, unlike after
/// wlr_output_init_render().
bool init_render(wlr_output& output, const Graphics& graphics);

} // namespace tarmac::compositor
