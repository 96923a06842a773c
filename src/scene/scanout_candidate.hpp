#pragma once

struct wlr_scene_output;
struct wlr_surface;

namespace tarmac {

/// The surface that is all there is to see on `output`, or nullptr.
wlr_surface* find_scanout_candidate(wlr_scene_output& output);

} // namespace tarmac
