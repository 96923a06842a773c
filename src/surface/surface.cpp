#include "surface/surface.hpp"

#include <utility>

#include "import/draws.hpp"
#include "import/map_pixels.hpp"
#include "surface/remake_texture.hpp"
#include "surface/surface_colors.hpp"

namespace tarmac {

namespace {

bool is_dmabuf(wlr_client_buffer& buffer) {
    wlr_dmabuf_attributes attributes;
    return wlr_buffer_get_dmabuf(&buffer.base, &attributes);
}

/// Maps `buffer`, unless that has been done, if it can be and its client may have it so.
bool map(DmabufBuffer& buffer, wlr_renderer* renderer) {
    if (buffer.pixels || !buffer.is_linear)
        return buffer.pixels != nullptr;
    auto pixels = map_pixels(buffer.dmabuf, renderer);
    if (pixels && buffer.may_map((*pixels)->size_in_bytes()))
        buffer.pixels = std::move(*pixels);
    return buffer.pixels != nullptr;
}

} // namespace

const wlr_surface_synced_impl Surface::synced_impl = {
    .state_size = sizeof(CommitState),
    .init_state = nullptr,
    .finish_state = nullptr,
    .move_state =
        [](void* to, void*) {
            if (Surface* self = static_cast<CommitState*>(to)->current_of)
                self->begin_commit();
        },
    .commit =
        [](wlr_surface_synced* synced) { reinterpret_cast<Synced*>(synced)->self->end_commit(); },
};

void Surface::Shown::set(wlr_buffer* buffer) {
    destroyed_.disconnect();
    buffer_ = buffer;
    if (buffer)
        destroyed_.connect(buffer->events.destroy, [this] { set(nullptr); });
}

Surface::Surface(wlr_surface& surface)
    : surface_{surface}
    , is_followed_{
          wlr_surface_synced_init(&synced_.synced, &surface, &synced_impl, &pending_, &current_)} {
    synced_.self = this;
    current_.current_of = this;
}

Surface::~Surface() {
    if (is_followed_)
        wlr_surface_synced_finish(&synced_.synced);
}

void Surface::begin_commit() {
    wlr_buffer*& next = surface_.current.buffer;
    DmabufBuffer* before = ours();
    DmabufBuffer* our_next = dmabuf_buffer_from(next);
    if (our_next || before)
        note_colors(our_next ? *our_next : *before);
    if (!next)
        return;
    has_next_ = true;
    // Vulkan would write the next picture into the imported memory, if nobody else had it locked.
    if (surface_.buffer && is_dmabuf(*surface_.buffer))
        kept_.reset(wlr_buffer_lock(&surface_.buffer->base));
    shown_.set(next);
    if (!our_next)
        return;
    // The lock that the state had goes over to what the renderer is given.
    const BufferLock original{std::exchange(next, for_renderer(*our_next).release())};
    if (our_next->pixels) {
        our_next->pixels->tell_new_content();
        // The damage is known by the time that the pixels are read.
        our_next->pixels->follow(
            {this, before ? before->pixels.get() : nullptr, &surface_.buffer_damage});
    }
}

void Surface::end_commit() {
    kept_.reset();
    if (std::exchange(has_next_, false)) {
        const DmabufBuffer* shown = ours();
        if (shown && shown->pixels)
            shown->pixels->end_succession();
        drop_misfit();
    } else if (surface_.current.committed & WLR_SURFACE_STATE_BUFFER) {
        shown_.set(nullptr);
    } else if (has_new_colors_) {
        show_again();
    }
    has_new_colors_ = false;
}

/// Other colours damage everything.
void Surface::note_colors(const DmabufBuffer& buffer) {
    const Colors colors = colors_on(surface_, *buffer.dmabuf);
    has_new_colors_ = std::exchange(colors_, colors) != colors;
    pixman_region32_t& damage = surface_.current.buffer_damage;
    if (has_new_colors_)
        pixman_region32_union_rect(&damage, &damage, 0, 0, static_cast<unsigned>(buffer.width),
                                   static_cast<unsigned>(buffer.height));
}

/// The buffer itself, or a reading of it where it can't be drawn so. Where it can't be read either,
/// it is drawn as the renderer does.
BufferLock Surface::for_renderer(DmabufBuffer& buffer) const {
    BufferLock lock{wlr_buffer_lock(&buffer)};
    wlr_renderer* renderer = surface_.compositor->renderer;
    const bool is_drawn = !renderer || draws(*renderer, *buffer.dmabuf, *colors_);
    const bool has_reading = !buffer.is_read && !is_drawn && map(buffer, renderer);
    if (buffer.pixels)
        buffer.pixels->set_colors(*colors_);
    return has_reading ? create_reading(buffer, std::move(lock)) : std::move(lock);
}

/// wlroots keeps the picture before one that the renderer couldn't take, and ends the process over
/// drawing it in the size of that one.
void Surface::drop_misfit() {
    const wlr_client_buffer* shown = surface_.buffer;
    if (!shown || (shown->base.width == surface_.current.buffer_width &&
                   shown->base.height == surface_.current.buffer_height))
        return;
    wlr_buffer_unlock(&surface_.buffer->base);
    surface_.buffer = nullptr;
    shown_.set(nullptr);
}

void Surface::show_again() {
    wlr_buffer* shown = shown_.get();
    DmabufBuffer* ours = dmabuf_buffer_from(shown);
    if (ours && shown->n_locks > 0) {
        remake_texture(surface_, *for_renderer(*ours));
    } else if (ours && ours->pixels) {
        // The client has it back: an import would show what it draws there, and a lock would give
        // it back once more.
        ours->pixels->set_colors(*colors_);
        remake_texture(surface_, *create_reading(*ours, {}));
    } else if (shown && !ours) {
        remake_texture(surface_, *shown);
    }
}

} // namespace tarmac
