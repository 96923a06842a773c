#include <algorithm>
#include <span>
#include <tarmac/tarmac.h>
#include <tarmac/texture_builder.hpp>
#include <vector>

#include "c/catching.hpp"
#include "c/color_state.hpp"
#include "c/importer.hpp"
#include "wlr/guard.hpp"

using tarmac::Result;

struct tarmac_texture_builder {
    tarmac::TextureBuilder builder;
};

struct tarmac_texture {
    tarmac::Texture texture;
};

struct tarmac_ready_ticket {
    tarmac::ReadyTicket ticket;
};

extern "C" {

tarmac_texture_builder* tarmac_texture_builder_create(void) {
    return new (std::nothrow) tarmac_texture_builder{};
}

void tarmac_texture_builder_destroy(tarmac_texture_builder* builder) {
    delete builder;
}

void tarmac_texture_builder_set_size(tarmac_texture_builder* builder, uint32_t width,
                                     uint32_t height) {
    builder->builder.set_size(width, height);
}

void tarmac_texture_builder_set_format(tarmac_texture_builder* builder, uint32_t fourcc,
                                       uint64_t modifier) {
    builder->builder.set_format(fourcc, modifier);
}

void tarmac_texture_builder_set_n_planes(tarmac_texture_builder* builder, unsigned n_planes) {
    builder->builder.set_n_planes(n_planes);
}

void tarmac_texture_builder_set_plane(tarmac_texture_builder* builder, unsigned plane, int fd,
                                      uint32_t offset, uint32_t stride) {
    tarmac::Fd taken{fd};
    if (plane < tarmac::MaxPlanes)
        builder->builder.set_plane(plane, std::move(taken), offset, stride);
    else
        builder->builder.set_n_planes(plane + 1); // which no build takes
}

void tarmac_texture_builder_set_expand_single_plane(tarmac_texture_builder* builder, bool expand) {
    builder->builder.set_expand_single_plane(expand);
}

void tarmac_texture_builder_set_premultiplied(tarmac_texture_builder* builder, bool premultiplied) {
    builder->builder.set_premultiplied(premultiplied);
}

void tarmac_texture_builder_set_y_inverted(tarmac_texture_builder* builder, bool inverted) {
    builder->builder.set_y_inverted(inverted);
}

void tarmac_texture_builder_set_color_state(tarmac_texture_builder* builder,
                                            const tarmac_color_state* color) {
    builder->builder.set_color_state(color ? std::optional{tarmac::c::from_c(*color)}
                                           : std::nullopt);
}

void tarmac_texture_builder_set_update(tarmac_texture_builder* builder,
                                       const tarmac_texture* previous, const tarmac_rect* damage,
                                       size_t n_damage) {
    // Without memory for the hint the whole picture is new.
    tarmac::guard([&] {
        std::vector<tarmac::Rect> rects(n_damage);
        std::ranges::transform(std::span{damage, n_damage}, rects.begin(),
                               [](const tarmac_rect& rect) {
                                   return tarmac::Rect{rect.x, rect.y, rect.width, rect.height};
                               });
        builder->builder.set_update(previous->texture, std::move(rects));
    });
}

void tarmac_texture_builder_set_on_unused(tarmac_texture_builder* builder, wl_event_loop* loop,
                                          void (*unused)(void* data), void* data) {
    // So small that std::function allocates nothing for it.
    builder->builder.set_on_unused(
        loop, unused ? std::function<void()>{[unused, data] { unused(data); }} : nullptr);
}

tarmac_texture* tarmac_texture_builder_build(tarmac_texture_builder* builder,
                                             tarmac_importer* importer, tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        return builder->builder.build(*importer->importer).transform([](tarmac::Texture&& texture) {
            return std::unique_ptr<tarmac_texture>{new tarmac_texture{std::move(texture)}};
        });
    });
}

tarmac_ready_ticket* tarmac_texture_builder_when_ready(const tarmac_texture_builder* builder,
                                                       wl_event_loop* loop,
                                                       void (*ready)(void* data), void* data,
                                                       tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        return builder->builder.when_ready(loop, [ready, data] { ready(data); })
            .transform([](tarmac::ReadyTicket&& ticket) {
                return std::unique_ptr<tarmac_ready_ticket>{
                    new tarmac_ready_ticket{std::move(ticket)}};
            });
    });
}

void tarmac_ready_ticket_destroy(tarmac_ready_ticket* ticket) {
    delete ticket;
}

void tarmac_texture_destroy(tarmac_texture* texture) {
    delete texture;
}

wlr_texture* tarmac_texture_get(const tarmac_texture* texture) {
    return texture->texture.get();
}

wlr_buffer* tarmac_texture_get_buffer(const tarmac_texture* texture) {
    return texture->texture.buffer();
}

tarmac_color_state tarmac_texture_get_color_state(const tarmac_texture* texture) {
    return tarmac::c::for_c(texture->texture.color());
}

bool tarmac_texture_is_y_inverted(const tarmac_texture* texture) {
    return texture->texture.is_y_inverted();
}

} // extern "C"
