#pragma once

struct wlr_surface;

namespace tarmac {

/// Gives what `surface` shows a texture of its compositor's renderer, made from the buffer as it is
/// now, in the place of the one it has. That may be of a renderer which is about to be destroyed.
/// Does nothing where there is no buffer any more, or it can't be imported.
void remake_texture(wlr_surface& surface);

} // namespace tarmac
