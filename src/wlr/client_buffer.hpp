#pragma once

#include "wlr/wlr.hpp"

namespace tarmac {

/// Puts a texture of `picture`, by the compositor's renderer, in the place of what the surface
/// shows: what wlroots does when a commit brings a buffer. False, and nothing has changed, if the
/// renderer can't make it.
bool put_picture(wlr_surface& surface, wlr_buffer& picture);

} // namespace tarmac
