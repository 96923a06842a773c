#pragma once

struct wlr_scene_node;

namespace tarmac {

/// Sees to it that the surfaces below `node` are shown as their buffers are meant, of which
/// wlr_scene doesn't know: y-inverted ones the right way up, and those whose YUV was converted
/// without wlroots converting it again, which its Vulkan renderer would end the process over.
/// wlr_scene sets its nodes up anew at every commit of a surface, so call this before every
/// wlr_scene_output_commit(); it is cheap where there is nothing to do. What it turns is scanned
/// out only if the output itself is turned that way, and is right in captures of outputs.
///
/// A compositor without wlr_scene, and any for cursor surfaces, asks dmabuf_from_buffer() and draws
/// accordingly.
/// On the thread of the scene. Rule: zwp_linux_buffer_params_v1.flags, y_invert.
void prepare_scene(wlr_scene_node* node);

} // namespace tarmac
