#pragma once

#include "import/colors.hpp"

struct wlr_surface;
struct wlr_surface_state;

namespace tarmac {

/// What the numbers of `image` mean on `surface` with what `state` brings: what the client said
/// there through wp_color_representation_v1, and where it said nothing, what is known of the image
/// itself.
Colors colors_in(wlr_surface& surface, const wlr_surface_state& state, const Dmabuf& image);

/// Has nobody take the current picture for YUV, since it has become RGB: wlr_scene would convert it
/// again, or wlroots end the client over it (types/wlr_color_representation_v1.c of 0.20,
/// surface_synced_commit). Holds until the next commit is applied.
void clear_yuv_encoding(wlr_surface& surface);

/// Whether the client could change what the colours of a picture mean without sending a new one.
bool can_rename_colors(wlr_surface& surface);

} // namespace tarmac
