#pragma once

#include "wlr/buffer_lock.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// Puts a texture of `picture`, by the compositor's renderer, in the place of what the surface
/// shows: what wlroots does when a commit brings a buffer. False, and nothing has changed, if the
/// renderer can't make it.
bool put_picture(wlr_surface& surface, wlr_buffer& picture);

/// The wlr_client_buffer that has a texture of `picture`; nullptr if the renderer can't make it.
BufferLock make_texture(wlr_renderer& renderer, wlr_buffer& picture);
/// Uploads `region` of `picture` to what make_texture() made. False if the renderer can't.
bool update_texture(wlr_buffer& texture, wlr_buffer& picture, const pixman_region32_t& region);
/// put_picture() of what has a texture already.
void put_texture(wlr_surface& surface, wlr_buffer& picture, BufferLock texture);

} // namespace tarmac
