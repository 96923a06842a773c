#pragma once

struct wlr_buffer;
struct wlr_surface;

namespace tarmac {

/// Gives what `surface` shows a texture of its compositor's renderer, made from `buffer` as it is
/// now, in the place of the one it has. That may be of a renderer which is about to be destroyed.
/// False, and nothing has changed, if `buffer` can't be imported.
bool remake_texture(wlr_surface& surface, wlr_buffer& buffer);

} // namespace tarmac
