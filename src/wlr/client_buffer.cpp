#include "wlr/client_buffer.hpp"

// Exported, but in no header that is installed (include/types/wlr_buffer.h of 0.18 to 0.20).
extern "C" {
wlr_client_buffer* wlr_client_buffer_create(wlr_buffer* buffer, wlr_renderer* renderer);
bool wlr_buffer_is_opaque(wlr_buffer* buffer);
}

namespace tarmac {

namespace {

void update_opaque_region(wlr_surface& surface, wlr_buffer& picture) {
    surface.WLR_PRIVATE.opaque = wlr_buffer_is_opaque(&picture);
    const auto width = static_cast<unsigned>(surface.current.width);
    const auto height = static_cast<unsigned>(surface.current.height);
    if (surface.WLR_PRIVATE.opaque) {
        pixman_region32_fini(&surface.opaque_region);
        pixman_region32_init_rect(&surface.opaque_region, 0, 0, width, height);
    } else {
        pixman_region32_intersect_rect(&surface.opaque_region, &surface.current.opaque, 0, 0, width,
                                       height);
    }
}

} // namespace

BufferLock make_texture(wlr_renderer& renderer, wlr_buffer& picture) {
    wlr_client_buffer* made = wlr_client_buffer_create(&picture, &renderer);
    return BufferLock{made ? &made->base : nullptr};
}

bool update_texture(wlr_buffer& texture, wlr_buffer& picture, const pixman_region32_t& region) {
    const wlr_client_buffer* buffer = wlr_client_buffer_get(&texture);
    return buffer->texture && wlr_texture_update_from_buffer(buffer->texture, &picture, &region);
}

void put_texture(wlr_surface& surface, wlr_buffer& picture, BufferLock texture) {
    if (surface.buffer)
        wlr_buffer_unlock(&surface.buffer->base);
    surface.buffer = wlr_client_buffer_get(texture.release());
    update_opaque_region(surface, picture);
}

bool put_picture(wlr_surface& surface, wlr_buffer& picture) {
    wlr_renderer* renderer = surface.compositor->renderer;
    BufferLock made = renderer ? make_texture(*renderer, picture) : BufferLock{};
    if (!made)
        return false;
    put_texture(surface, picture, std::move(made));
    return true;
}

} // namespace tarmac
