#pragma once

#include "import/colors.hpp"

struct wlr_surface;
struct wlr_surface_state;

namespace tarmac {

/// What the numbers of `image` mean on `surface` with what `state` brings: what the client said
/// there through wp_color_representation_v1, and where it said nothing, what is known of the image
/// itself.
Colors colors_in(const wlr_surface& surface, const wlr_surface_state& state, const Dmabuf& image);

/// Ends the client if `pending` names coefficients and a range that an image of `format` can't
/// have: true then. wlroots does it too, where it sees the format
/// (types/wlr_color_representation_v1.c of 0.20.2, surface_synced_commit), which it doesn't of what
/// is read. While its commit is made.
bool reject_encoding(wlr_surface& surface, const wlr_surface_state& pending,
                     const PixelFormat& format);

/// Has everybody take the current picture for YUV so encoded. Where it has become RGB, or is
/// something else, `color` has to be the usual one of YUV: what the client said of its image would
/// have wlr_scene convert it again, Vulkan assert, or wlroots end the client. Holds until the next
/// commit is applied.
void set_encoding(wlr_surface& surface, const ColorState& color);

/// Whether the client could change what the colours of a picture mean without sending a new one.
bool can_rename_colors(wlr_surface& surface);

} // namespace tarmac
