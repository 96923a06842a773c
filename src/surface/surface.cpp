#include "surface/surface.hpp"

#include <utility>

#include "surface/crop.hpp"
#include "surface/damage.hpp"
#include "surface/surface_colors.hpp"
#include "surface/surfaces.hpp"
#include "surface/tree_commit.hpp"
#include "wlr/surface_states.hpp"
#include "wlr/synced_state.hpp"

namespace tarmac {

namespace {

bool is_cursor(const wlr_surface& surface) {
    // wlroots names them so, and offers nothing else to tell them by.
    constexpr std::string_view cursors[] = {"wl_pointer-cursor", "wp_tablet_tool-cursor"};
    return surface.role && std::ranges::contains(cursors, std::string_view{surface.role->name});
}

} // namespace

const wlr_surface_synced_impl Surface::synced_impl = {
    .state_size = sizeof(CommitState),
    .init_state = nullptr,
    .finish_state = nullptr,
    .move_state =
        [](void* to, void* from) {
            const auto& next = *static_cast<CommitState*>(from);
            auto& state = *static_cast<CommitState*>(to);
            state.seq = next.seq;
            state.committed = next.committed;
            if (Surface* self = state.current_of)
                self->attempt([&] { self->begin_commit(state); });
        },
    .commit =
        [](wlr_surface_synced* synced) {
            Surface& self = *reinterpret_cast<Synced*>(synced)->self;
            self.attempt([&] { self.end_commit(); });
        },
};

Surface::Surface(wlr_surface& surface, SurfaceContext& context, Surfaces& surfaces)
    : surface_{surface}
    , context_{context}
    , surfaces_{surfaces}
    , role_end_{[this] { let_go_of_all(); }}
    , progress_{context.loop, [this] { attempt([this] { progressed(); }); }}
    , copies_{[this](std::uint64_t bytes) {
                  return account().charge({{Resource::CopiedBytes, bytes},
                                           {Resource::Mappings, 1},
                                           {Resource::Descriptors, 1}});
              },
              [disposal = context.disposal, client = wl_resource_get_client(surface.resource)](
                  Disposal::Unused unused) { disposal->dispose(client, std::move(unused)); },
              [this] { progress_.request(); }}
    , client_geometry_{PictureGeometry::of(surface.current)}
    , shown_geometry_{client_geometry_} {
    synced_.self = this;
    client_commit_.connect(surface.events.client_commit, [this] {
        if (attempt([this] { client_commit(); }))
            return;
        // The client has been told the reason.
        wlr_surface_reject_pending(&surface_, surface_.resource, WL_DISPLAY_ERROR_NO_MEMORY,
                                   "no memory");
    });
    adopt_picture();
    is_followed_ =
        wlr_surface_synced_init(&synced_.synced, &surface, &synced_impl, &pending_, &current_);
    // That cleared the states.
    current_.current_of = this;
    for_each_cached(surface, [&](const wlr_surface_state& cached) {
        if (auto* state = synced_state_in(surface, cached, &current_)) {
            state->seq = cached.seq;
            state->committed = cached.committed;
        }
    });
}

/// Of a surface that was there before. How the client wants it to be seen, wlroots keeps in the
/// pending state; the current one may have been changed by who followed it then.
void Surface::adopt_picture() {
    if (!surface_.buffer)
        return;
    shown_.kind = ShownContent::Kind::Foreign;
    follow_foreign(surface_.buffer->source);
    const wlr_surface_state& told = surface_.pending;
    if (!(told.committed & WLR_SURFACE_STATE_SCALE))
        client_geometry_.scale = told.scale;
    if (!(told.committed & WLR_SURFACE_STATE_TRANSFORM))
        client_geometry_.transform = told.transform;
    if (!(told.committed & WLR_SURFACE_STATE_VIEWPORT))
        client_geometry_.viewport = told.viewport;
    is_behind_ = client_geometry_.transform != shown_geometry_.transform ||
                 client_geometry_.viewport.has_dst != shown_geometry_.viewport.has_dst;
}

Surface::~Surface() {
    leave();
}

void Surface::leave() noexcept {
    // Kept for their parents: a list of those would take memory.
    Commits left;
    left.splice(left.end(), waiting_);
    deadline_.reset();
    progress_.cancel();
    awaited_.reset();
    immediate_.reset();
    client_commit_.disconnect();
    gone_.disconnect();
    if (std::exchange(is_followed_, false))
        wlr_surface_synced_finish(&synced_.synced);
    const TreeCommit* told = nullptr;
    for (const Commit& commit : left) {
        if (commit.parent && std::exchange(told, commit.parent.get()) != commit.parent.get())
            commit.parent->progressed();
    }
}

bool Surface::Commit::is_ready() const {
    return has_picture() && (!children || !heeds_children || children->is_ready());
}

void Surface::client_commit() {
    if (surface_.WLR_PRIVATE.pending_rejected || !is_followed_)
        return;
    const wlr_surface_state& sent = surface_.pending;
    if (const PixelFormat* format = latest_format(sent);
        format && reject_encoding(surface_, sent, *format))
        return;
    role_end_.watch(surface_);
    // Somebody else holds the one before.
    if (immediate_)
        waiting_.push_back(*std::exchange(immediate_, std::nullopt));
    wlr_surface_state& pending = surface_.pending;
    pending_.seq = pending.seq;
    pending_.committed = pending.committed;
    Commit commit = describe(pending);
    // Taking the picture away waits for nothing, so nor does what is before it.
    if (commit.brings == Commit::Brings::Null)
        drop_pictures();
    commit.is_in_tree = is_synchronized(surface_);
    commit.children = TreeCommit::bind(*this, surfaces_);
    commit.heeds_children = commit.brings != Commit::Brings::Null;
    // One without a picture waits too, until wlroots has its state where that can be changed.
    const bool is_dropped = commit.is_dropped();
    const bool is_held = (!commit.is_ready() || is_dropped) && can_be_held();
    if (!is_held && !commit.is_in_tree && waiting_.empty()) {
        immediate_ = std::move(commit);
        return;
    }
    if (!charge(commit))
        return;
    if (is_held || must_lock(commit)) {
        wlr_surface_lock_pending(&surface_);
        commit.is_locked = true;
    }
    waiting_.push_back(std::move(commit));
    arm_deadline();
    if (is_dropped)
        progress_.request();
    else if (waiting_.size() > 1 && !waiting_.back().is_in_tree)
        advance();
    else if (waiting_.size() == 1)
        make_pictures();
}

/// Of the client's image with `pending`, nullptr if it is something else.
const PixelFormat* Surface::latest_format(const wlr_surface_state& pending) const {
    if (!(pending.committed & WLR_SURFACE_STATE_BUFFER))
        return latest_.format;
    const DmabufBuffer* buffer = DmabufBuffer::from(pending.buffer);
    return buffer ? &buffer->image()->format() : nullptr;
}

Surface::Commit Surface::describe(const wlr_surface_state& pending) {
    Commit commit{.seq = pending.seq};
    commit.since = context_.turn->time();
    has_cropped_ = has_cropped_ || crop_of(pending);
    if (!(pending.committed & WLR_SURFACE_STATE_BUFFER)) {
        describe_remake(commit, pending);
        return commit;
    }
    latest_.acquire = nullptr;
    DmabufBuffer* buffer = DmabufBuffer::from(pending.buffer);
    const std::uint64_t content = note_content(pending);
    if (buffer) {
        const Colors colors = colors_in(surface_, pending, *buffer->image());
        commit.brings = Commit::Brings::Image;
        set_latest(buffer, colors, crop_of(pending), content);
        if (auto acquire = take_acquire_point(surface_))
            latest_.acquire = std::make_shared<const AcquirePoint>(std::move(*acquire));
        describe_image(commit, *buffer);
        // Whatever becomes of the commit, a later one may still show the buffer.
        if (auto release = release_point_in(surface_, pending))
            buffer->add_release_point(std::move(*release));
    } else {
        commit.brings = pending.buffer ? Commit::Brings::Foreign : Commit::Brings::Null;
        if (pending.buffer && has_explicit_sync(surface_))
            reject_unsupported_buffer(surface_);
        set_latest(nullptr, {}, {}, content);
    }
    return commit;
}

/// Of the buffer committed last, if the client has just said that it is to be seen in other
/// colours, or in part.
void Surface::describe_remake(Commit& commit, const wlr_surface_state& pending) {
    DmabufBuffer* buffer = latest_.buffer;
    if (!buffer)
        return;
    const Colors colors = colors_in(surface_, pending, *buffer->image());
    const auto crop = crop_of(pending);
    const bool is_recolored = colors != latest_.colors;
    const bool is_recropped = crop != latest_.crop;
    const bool is_again = was_refused(colors, crop);
    if (!is_recolored && !is_recropped && !is_again)
        return;
    set_latest(buffer, colors, crop,
               is_recolored || is_recropped ? copies_.note_content(nullptr) : latest_.content);
    // Of what is imported another part is drawn, and that is all.
    if (!is_recolored && !is_again &&
        PendingPicture::is_imported(context_, request_for(*buffer, colors, crop, latest_.content)))
        return;
    commit.is_remake = true;
    commit.brings = Commit::Brings::Image;
    describe_image(commit, *buffer);
}

/// Whether what was committed last isn't seen so, and nothing is under way that would be.
bool Surface::was_refused(const Colors& colors, const std::optional<Rect>& crop) const {
    if (shown_.kind != ShownContent::Kind::Image || awaited_ || !waiting_.empty())
        return false;
    return is_behind_ || shown_.colors != colors || (!shown_.is_import() && shown_.crop != crop);
}

std::uint64_t Surface::note_content(const wlr_surface_state& pending) {
    const Extent extent{static_cast<std::uint32_t>(pending.buffer_width),
                        static_cast<std::uint32_t>(pending.buffer_height)};
    // What isn't seen needn't be damaged, and in coordinates of the surface it can't be.
    const bool is_like_before =
        std::exchange(latest_.extent, extent) == extent && latest_.crop == crop_of(pending);
    if (!is_like_before || copies_.is_empty())
        return copies_.note_content(nullptr);
    const Region damage = buffer_damage_of(pending);
    return copies_.note_content(&damage);
}

void Surface::set_latest(DmabufBuffer* buffer, const Colors& colors,
                         const std::optional<Rect>& crop, std::uint64_t content) {
    latest_.buffer = buffer;
    latest_.format = buffer ? &buffer->image()->format() : nullptr;
    latest_.colors = colors;
    latest_.crop = crop;
    latest_.content = content;
    latest_.released.disconnect();
    // What the client has back isn't read: it may draw in it. Nor does a buffer go before that.
    if (buffer)
        latest_.released.connect(buffer->events.release, [this] {
            latest_.released.disconnect();
            latest_.buffer = nullptr;
            latest_.acquire = nullptr;
        });
}

void Surface::describe_image(Commit& commit, DmabufBuffer& buffer) {
    PendingPicture::Request request =
        request_for(buffer, latest_.colors, latest_.crop, latest_.content);
    request.acquire = latest_.acquire;
    request.since = commit.since;
    account();
    if (BufferLock picture = PendingPicture::make_at_once(context_, buffer.owner(), request)) {
        commit.ready = content_of(request, Way::Import, std::move(picture));
        return;
    }
    commit.picture = std::make_unique<PendingPicture>(context_, copies_, std::move(request),
                                                      [this] { progress_.request(); });
    commit.picture->begin(buffer.owner());
}

PendingPicture::Request Surface::request_for(DmabufBuffer& buffer, const Colors& colors,
                                             const std::optional<Rect>& crop,
                                             std::uint64_t content) {
    return {.buffer = BufferLock{wlr_buffer_lock(&buffer)},
            .colors = colors,
            .crop = crop,
            .content = content,
            .acquire = {},
            .is_for_cursor = is_cursor(surface_),
            .since = {}};
}

ShownContent Surface::content_of(const PendingPicture::Request& request, Way way,
                                 BufferLock picture) {
    DmabufBuffer& buffer = *DmabufBuffer::from(request.buffer.get());
    ShownContent content{.kind = ShownContent::Kind::Image,
                         .image = buffer.image(),
                         .way = way,
                         .colors = request.colors,
                         .crop = request.crop,
                         .picture = std::move(picture),
                         .texture = {},
                         .source = {},
                         .content = request.content};
    // A copy needs its source again where it may be wanted in other colours or of another part.
    const PixelFormat& format = buffer.image()->format();
    const bool has_colors = format.model == ColorModel::Yuv || format.has_alpha;
    if (!content.is_copy() || (has_colors && can_rename_colors(surface_)) || has_cropped_)
        content.source.reset(wlr_buffer_lock(&buffer));
    return content;
}

ShownContent Surface::content_of(PendingPicture& picture) {
    ShownContent content = content_of(picture.request(), picture.way(), picture.take_picture());
    content.texture = picture.take_texture();
    return content;
}

/// wlroots looks at what a surface has when it gets a role, and doesn't tell.
bool Surface::can_be_held() const {
    return surface_.role && (surface_.role->no_object || surface_.role_resource);
}

/// wlroots lets go of the first commit of a child with the parent's next, and of those behind it,
/// though they belong to later ones.
bool Surface::must_lock(const Commit& commit) const {
    wlr_surface* parent = commit.is_in_tree ? parent_of(surface_) : nullptr;
    const auto surface = parent ? surfaces_.find(*parent) : nullptr;
    return surface && surface->has_waiting();
}

ClientAccount& Surface::account() {
    if (!account_)
        account_ = context_.account_of(wl_resource_get_client(surface_.resource));
    return *account_;
}

bool Surface::charge(Commit& commit) {
    wl_client* client = wl_resource_get_client(surface_.resource);
    auto charge = account().charge(Resource::HeldCommits);
    if (!charge && !commit.is_in_tree) {
        surfaces_.skip_oldest_of(client);
        charge = account().charge(Resource::HeldCommits);
    }
    if (charge) {
        commit.charge.emplace(std::move(*charge));
    } else if (commit.is_in_tree) {
        // wlroots keeps them all until the parent's commit, which may never come.
        wl_client_post_no_memory(client);
        return false;
    }
    return true;
}

} // namespace tarmac
