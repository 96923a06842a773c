#pragma once

struct wlr_output;
struct wlr_scene_buffer;

namespace tarmac {

/// Whether wlroots would leave the colours of what `node` shows on `output` to a plane.
bool has_plane_colors(const wlr_scene_buffer& node, const wlr_output& output);

} // namespace tarmac
