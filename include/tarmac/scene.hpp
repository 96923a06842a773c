#pragma once

struct wlr_scene_node;

namespace tarmac {

/// Shows the surfaces below `node` whose buffers are y-inverted the right way up. wlr_scene doesn't
/// know of such buffers and sets its nodes up anew at every commit of a surface, so call this
/// before every wlr_scene_output_commit(); it is cheap where nothing is inverted. What it turns is
/// scanned out only if the output itself is turned that way, and is right in captures of outputs.
///
/// A compositor without wlr_scene, and any for cursor surfaces, asks dmabuf_from_buffer() and draws
/// accordingly.
/// On the thread of the scene. Rule: zwp_linux_buffer_params_v1.flags, y_invert.
void turn_inverted_surfaces(wlr_scene_node* node);

} // namespace tarmac
