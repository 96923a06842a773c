// What a surface shows, from the moment that a commit is applied.

#include <utility>

#include "surface/crop.hpp"
#include "surface/damage.hpp"
#include "surface/misfit_guard.hpp"
#include "surface/surface.hpp"
#include "surface/surface_colors.hpp"
#include "surface/surfaces.hpp"
#include "surface/transparent_pixel.hpp"
#include "surface/tree_commit.hpp"
#include "wlr/client_buffer.hpp"

namespace tarmac {

using namespace std::chrono_literals;
using Kind = ShownContent::Kind;
using Stage = PendingPicture::Stage;

void Surface::begin_commit(const CommitState& state) {
    applying_.reset();
    const bool has_waited = !waiting_.empty() && waiting_.front().seq == state.seq;
    if (has_waited) {
        applying_ = std::move(waiting_.front());
        waiting_.pop_front();
    } else if (immediate_ && immediate_->seq == state.seq) {
        applying_ = *std::exchange(immediate_, std::nullopt);
    }
    take_geometry(state);
    Commit* commit = applying_ ? &*applying_ : nullptr;
    // Also of a picture that was skipped: whoever draws would wait for its point.
    if (commit && commit->had_image()) {
        disarm_release_point(surface_);
        drop_acquire_point(surface_);
    }
    if (commit && commit->brings == Commit::Brings::Image)
        account().activity().note_shown(
            has_waited ? std::chrono::steady_clock::now() - commit->since : 0ns);
    if (commit && commit->children)
        commit->children->prepare();
    const bool was_stand_in = is_behind_ || shown_.kind == Kind::Transparent;
    const bool was_inverted = shown_.is_inverted();
    if (commit && commit->is_remake && commit->brings == Commit::Brings::Image) {
        show_remake(*commit);
    } else if (commit && commit->brings != Commit::Brings::Nothing) {
        // The renderer would write the next picture into what the texture is made of, be that a
        // client's memory (render/vulkan/texture.c of 0.20, vulkan_texture_update_from_buffer).
        if (surface_.buffer &&
            (shown_.kind != Kind::Foreign || commit->brings != Commit::Brings::Foreign))
            kept_.reset(wlr_buffer_lock(&surface_.buffer->base));
        awaited_.reset();
        is_behind_ = false;
        show(*commit);
    } else if (commit && commit->is_skipped) {
        is_behind_ = true;
    } else if (!commit && (state.committed & WLR_SURFACE_STATE_BUFFER)) {
        // Of before the surface was followed.
        awaited_.reset();
        is_behind_ = false;
        shown_ = {};
        shown_.kind = surface_.current.buffer ? Kind::Foreign : Kind::Nothing;
        follow_foreign(surface_.current.buffer);
    }
    make_state_true();
    correct_damage(was_stand_in || was_inverted != shown_.is_inverted() ||
                   (commit && commit->is_remake));
    if (uploaded_damage_)
        hide_damage();
}

/// Until end_commit(): wlroots updates the texture that it finds, with what is damaged.
void Surface::hide_damage() {
    uploaded_damage_ = buffer_damage_of(surface_.current);
    set_damage(surface_, Region{}.get());
}

/// wlroots copies some of it with every commit, and some only where the client sent it.
void Surface::take_geometry(const CommitState& state) {
    const wlr_surface_state& current = surface_.current;
    if (!is_behind_)
        shown_geometry_ = client_geometry_;
    client_geometry_.width = current.width;
    client_geometry_.height = current.height;
    client_geometry_.buffer_width = current.buffer_width;
    client_geometry_.buffer_height = current.buffer_height;
    if (state.committed & WLR_SURFACE_STATE_SCALE)
        client_geometry_.scale = current.scale;
    if (state.committed & WLR_SURFACE_STATE_TRANSFORM)
        client_geometry_.transform = current.transform;
    if (state.committed & WLR_SURFACE_STATE_VIEWPORT)
        client_geometry_.viewport = current.viewport;
}

void Surface::show(Commit& commit) {
    wlr_buffer*& next = surface_.current.buffer;
    const auto give = [&next](wlr_buffer* picture) {
        wlr_buffer_lock(picture);
        wlr_buffer_unlock(std::exchange(next, picture));
    };
    follow_foreign(nullptr);
    switch (commit.brings) {
    case Commit::Brings::Nothing:
        return;
    case Commit::Brings::Null:
        shown_ = {};
        copies_.clear();
        return;
    case Commit::Brings::Foreign:
        shown_ = {};
        shown_.kind = Kind::Foreign;
        follow_foreign(next);
        return;
    case Commit::Brings::Image:
        take_ready(commit);
        if (!commit.picture) {
            shown_ = std::move(commit.ready);
            give(shown_.picture.get());
            if (shown_.texture) {
                put_texture(surface_, *shown_.picture, std::move(shown_.texture));
                uploaded_damage_.emplace();
            }
            break;
        }
        awaited_ = std::move(commit.picture);
        [[fallthrough]];
    case Commit::Brings::Transparent: {
        shown_ = {};
        shown_.kind = Kind::Transparent;
        const BufferPtr pixel = make_transparent_pixel();
        give(pixel.get());
        shown_.picture.reset(wlr_buffer_lock(pixel.get()));
        break;
    }
    }
    if (shown_.kind == Kind::Image && !shown_.is_copy())
        copies_.clear();
}

/// The commit brings no buffer, so wlroots won't make a texture.
void Surface::show_remake(Commit& commit) {
    take_ready(commit);
    if (commit.is_dropped())
        return;
    is_behind_ = false;
    // What is shown stays until then.
    awaited_ = std::move(commit.picture);
    if (!awaited_ && !put(std::move(commit.ready)))
        is_behind_ = true;
}

void Surface::follow_foreign(wlr_buffer* buffer) {
    foreign_ = buffer;
    foreign_destroyed_.disconnect();
    if (buffer)
        foreign_destroyed_.connect(buffer->events.destroy, [this] { follow_foreign(nullptr); });
}

/// Scenes, captures and cursors read the surface's state: it has to say how the picture lies in the
/// texture, and what its numbers are there.
void Surface::make_state_true() {
    wlr_surface_state& current = surface_.current;
    PictureGeometry geometry = is_behind_ ? shown_geometry_ : client_geometry_;
    if (shown_.kind == Kind::Transparent)
        geometry = PictureGeometry::stretched_pixel(geometry.width, geometry.height);
    geometry.write_to(current);
    // It isn't made again when the client crops it otherwise, unless the renderer becomes another.
    if (shown_.is_import())
        shown_.crop = crop_of(current);
    // The client turned the picture first, then it was stored from below.
    if (shown_.is_inverted())
        current.transform =
            wlr_output_transform_compose(geometry.transform, WL_OUTPUT_TRANSFORM_FLIPPED_180);
    // Of what else a client shows wlroots has yet to say whether it may be so encoded.
    if (shown_.kind != Kind::Foreign || is_behind_)
        make_encoding_true();
}

void Surface::make_encoding_true() {
    const bool is_yuv = shown_.is_import() && shown_.image->format().model == ColorModel::Yuv;
    set_encoding(surface_, is_yuv ? shown_.colors.state : ColorState::of(ColorModel::Yuv));
}

/// Damage in pixels of the texture, with all that wlroots leaves out.
void Surface::correct_damage(bool is_all_new) {
    wlr_surface_state& current = surface_.current;
    Region damage;
    const bool is_exact = !current.viewport.has_src && !current.viewport.has_dst;
    if (!is_all_new && !shown_.is_inverted() && is_exact)
        return; // what wlroots makes of it
    if (is_all_new) {
        damage.add({0, 0, current.buffer_width, current.buffer_height});
    } else {
        const wl_output_transform turned =
            std::exchange(current.transform, client_geometry_.transform);
        damage = buffer_damage_of(current);
        current.transform = turned;
        if (shown_.is_inverted())
            damage = flipped(damage, current.buffer_height);
        damage = as_far_as_seen(damage, surface_);
    }
    set_damage(surface_, damage.get());
}

void Surface::end_commit() {
    const std::optional<Commit> commit = std::exchange(applying_, std::nullopt);
    kept_.reset();
    if (const auto damage = std::exchange(uploaded_damage_, std::nullopt))
        set_damage(surface_, damage->get());
    make_encoding_true();
    if (drop_misfit(surface_))
        shown_ = {};
    look_at_awaited();
    if (!waiting_.empty())
        make_pictures();
    if (commit && commit->children)
        commit->children->let_go();
    if (wl_list_empty(&surface_.current.subsurfaces_below) &&
        wl_list_empty(&surface_.current.subsurfaces_above))
        return;
    for_each_child(surface_.current, [this](wlr_surface& child) {
        const auto surface = is_synchronized_itself(child) ? nullptr : surfaces_.find(child);
        if (surface && surface->has_waiting())
            surface->let_go_desynchronized();
    });
}

/// False if the renderer can't make a texture: then what was shown stays. Without a renderer there
/// is none to be made, until the next one shows it again.
bool Surface::put(ShownContent content) {
    if (content.texture)
        put_texture(surface_, *content.picture, std::move(content.texture));
    else if (surface_.compositor->renderer && !put_picture(surface_, *content.picture))
        return false;
    follow_foreign(nullptr);
    shown_ = std::move(content);
    if (!shown_.is_copy())
        copies_.clear();
    return true;
}

/// The one way to another picture without a commit of the client's.
void Surface::exchange(ShownContent content) {
    const bool was_transparent = shown_.kind == Kind::Transparent;
    if (!put(std::move(content)))
        return;
    if (was_transparent)
        is_behind_ = false;
    make_state_true();
    announce_new_picture(surface_);
}

std::optional<ShownPicture> Surface::shown_picture() const {
    if (shown_.kind != Kind::Image)
        return std::nullopt;
    const bool is_rgb_now = shown_.way == Way::Convert;
    // wlroots keeps the texture before one that the renderer couldn't make.
    const bool has_texture = surface_.buffer && surface_.buffer->source == shown_.picture.get();
    return ShownPicture{.image = shown_.image,
                        .way = way_name(shown_.way),
                        .color = is_rgb_now ? ColorState::of(ColorModel::Rgb) : shown_.colors.state,
                        .is_premultiplied = is_rgb_now || shown_.colors.is_premultiplied,
                        .is_y_inverted = shown_.is_inverted(),
                        .buffer = shown_.picture.get(),
                        .texture = has_texture ? surface_.buffer->texture : nullptr};
}

void Surface::look_at_awaited() {
    if (!awaited_)
        return;
    if (awaited_->stage() == Stage::Readable)
        awaited_->begin_reading();
    if (awaited_->stage() == Stage::Dropped)
        awaited_.reset();
    if (!awaited_ || awaited_->stage() != Stage::Ready)
        return;
    const auto picture = std::move(awaited_);
    exchange(content_of(*picture));
}

std::unique_ptr<PendingPicture> Surface::pending_again(DmabufBuffer& buffer,
                                                       const ShownContent& content) {
    auto request = request_for(buffer, content.colors, content.crop, content.content);
    request.since = std::chrono::steady_clock::now();
    auto picture = std::make_unique<PendingPicture>(context_, copies_, std::move(request),
                                                    [this] { progress_.request(); });
    picture->begin(nullptr);
    return picture;
}

void Surface::show_again() noexcept {
    const auto self = shared_from_this();
    attempt([this] {
        for (Commit& commit : waiting_) {
            if (commit.picture) {
                commit.picture->restart();
                continue;
            }
            commit.ready.texture.reset(); // of the renderer before
            if (DmabufBuffer* buffer = DmabufBuffer::from(commit.ready.source.get())) {
                commit.picture = pending_again(*buffer, commit.ready);
                commit.ready = {};
            }
        }
        if (awaited_)
            awaited_->restart();
        DmabufBuffer* source = DmabufBuffer::from(shown_.source.get());
        if (shown_.picture && !shown_.is_import()) {
            if (put_picture(surface_, *shown_.picture))
                announce_new_picture(surface_);
        } else if (source) {
            const auto request = request_for(*source, shown_.colors, shown_.crop, shown_.content);
            // It was shown, so nothing is to be waited for.
            if (PendingPicture::is_imported(context_, request))
                exchange(content_of(request, Way::Import, source->lock_import()));
            else if (!awaited_)
                awaited_ = pending_again(*source, shown_);
        } else if (foreign_ && put_picture(surface_, *foreign_)) {
            announce_new_picture(surface_);
        }
        progressed();
    });
}

} // namespace tarmac
