#pragma once

#include "protocol/linux_dmabuf_state.hpp"

struct wlr_scene_output;

namespace tarmac {

/// Adds to `sights` the surfaces that are seen on `output`, and why it doesn't scan them out.
void add_sights(wlr_scene_output& output, Sights& sights);

} // namespace tarmac
