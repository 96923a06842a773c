#pragma once

#include <list>
#include <memory>
#include <optional>
#include <tarmac/shown_picture.hpp>

#include "surface/copy_ring.hpp"
#include "surface/pending_picture.hpp"
#include "surface/surface_context.hpp"
#include "wlr/end_of_turn.hpp"
#include "wlr/role_end.hpp"
#include "wlr/surface_states.hpp"
#include "wlr/timer.hpp"

namespace tarmac {

class Surfaces;
class TreeCommit;

/// What a surface shows.
struct ShownContent {
    enum class Kind {
        Nothing,
        Transparent, ///< one pixel, stretched: the picture isn't ready, or was skipped
        Foreign,     ///< a buffer that isn't a DmabufBuffer
        Image,
    };
    Kind kind = Kind::Nothing;
    // Of an Image:
    std::shared_ptr<const Dmabuf> image;
    Way way = Way::Import;
    Colors colors{};
    std::optional<Rect> crop;  ///< what is seen of it, where that isn't all
    BufferLock picture;        ///< what the renderer was given
    BufferLock texture;        ///< of the picture, where it is there before wlroots would make it
    BufferLock source;         ///< a DmabufBuffer, kept where the picture may have to be made again
    std::uint64_t content = 0; ///< what CopyRing::note_content() said

    bool is_import() const noexcept { return kind == Kind::Image && way == Way::Import; }
    bool is_copy() const noexcept {
        return kind == Kind::Image && (way == Way::Copy || way == Way::Convert);
    }
    /// Lies upside down in the picture.
    bool is_inverted() const noexcept { return is_import() && image->is_y_inverted(); }
};

/// A wlr_surface whose commits wait until their pictures are ready, and which shows them right: see
/// the traps in types/wlr_compositor.c that the functions name.
class Surface : public std::enable_shared_from_this<Surface> {
public:
    Surface(wlr_surface& surface, SurfaceContext& context, Surfaces& surfaces);
    Surface(const Surface&) = delete;
    Surface& operator=(const Surface&) = delete;
    ~Surface();

    wlr_surface& get() const noexcept { return surface_; }
    const ShownContent& shown() const noexcept { return shown_; }
    std::optional<ShownPicture> shown_picture() const;
    /// Nothing where neither shown nor awaited is an image. Without what others know: the buffer's
    /// id, and outputs.
    std::optional<Snapshot::Surface> snapshot() const;
    /// For buffers that will be shown without another commit, and those that commits which wait
    /// bring, the oldest first: for what, and since when.
    void for_each_waiting(
        const std::function<void(const DmabufBuffer& buffer, Snapshot::Awaits awaits,
                                 std::chrono::steady_clock::time_point since)>& visit) const;
    void on_gone(std::function<void()> function) {
        gone_.connect(surface_.events.destroy, std::move(function));
    }
    /// The wlr_surface goes: nothing of it is touched any more, nor what waits let go, since
    /// wlroots would apply it to what is left of the surface.
    void leave() noexcept;
    bool has_waiting() const noexcept { return !waiting_.empty(); }

    /// The renderer is another one: what is shown is made anew for it, and so is what waits.
    void show_again() noexcept;
    /// Goes on with what may have become ready.
    void advance();

    // For TreeCommit:
    /// Has all that waits belong to `parent`'s commit. False if nothing does.
    bool bind_to(const std::shared_ptr<TreeCommit>& parent);
    bool is_ready_for(const TreeCommit& parent) const;
    /// It is about to be applied.
    void prepare_for(const TreeCommit& parent);
    /// It has been applied, so what belongs to it may be.
    void let_go_for(const TreeCommit& parent);

    /// An ancestor that is synchronized was committed: a child that isn't itself waits no longer.
    void let_go_desynchronized();

    /// When the oldest picture that waits was committed.
    std::optional<std::chrono::steady_clock::time_point> waits_since() const;
    void skip_oldest();
    /// Lets go of all, without the pictures that aren't ready.
    void let_go_of_all() noexcept;

private:
    /// Does what wlroots or an event asks for: without memory the client is ended, since what
    /// becomes of its commits isn't known any more.
    template <class Function>
    bool attempt(Function&& function) noexcept {
        return guard_for(wl_resource_get_client(surface_.resource),
                         std::forward<Function>(function));
    }

    /// A part of wlroots' double-buffered state: that it is moved to the current state tells that a
    /// commit is being applied, all other state and the buffer being there, and the renderer not
    /// having got the buffer yet.
    struct CommitState {
        Surface* current_of; ///< nullptr in states that wait for their turn
        std::uint32_t seq, committed;
    };
    // Plain, so that the way back from the wlr_surface_synced is well defined.
    struct Synced {
        wlr_surface_synced synced;
        Surface* self;
    };
    static const wlr_surface_synced_impl synced_impl;

    /// A commit that has been made and not been applied.
    struct Commit {
        enum class Brings { Nothing, Null, Foreign, Image, Transparent };

        std::uint32_t seq;
        Brings brings = Brings::Nothing;
        std::unique_ptr<PendingPicture> picture; ///< with Brings::Image, unless it is ready
        ShownContent ready;                      ///< what it shows then
        bool is_remake = false;  ///< the picture is the one before, in other colours or cropped
        bool is_skipped = false; ///< the one before stays
        bool is_locked = false;  ///< by us
        bool is_in_tree = false; ///< of a synchronized subsurface
        bool has_parent = true;  ///< waits for a commit of the parent; false once that is applied
        bool heeds_children = true;
        std::optional<ClientAccount::Charge> charge;
        std::chrono::steady_clock::time_point since;
        std::shared_ptr<TreeCommit> children; ///< what is to be shown with it
        std::shared_ptr<TreeCommit> parent;   ///< what it is to be shown with, once that is known

        bool waits_for_parent() const { return is_in_tree && has_parent; }
        /// Or had one when its client sent it.
        bool had_image() const {
            return brings == Brings::Image || brings == Brings::Transparent || is_skipped;
        }
        bool is_dropped() const {
            return picture && picture->stage() == PendingPicture::Stage::Dropped;
        }
        bool has_picture() const { return !picture || picture->is_over(); }
        bool is_delayed() const { return picture && picture->is_delayed(); }
        bool is_ready() const;
    };
    using Commits = std::list<Commit>;

    // surface.cpp: what the client sends
    void adopt_picture();
    void client_commit();
    const PixelFormat* latest_format(const wlr_surface_state& pending) const;
    Commit describe(const wlr_surface_state& pending);
    void describe_image(Commit& commit, DmabufBuffer& buffer);
    void describe_remake(Commit& commit, const wlr_surface_state& pending);
    bool was_refused(const Colors& colors, const std::optional<Rect>& crop) const;
    std::uint64_t note_content(const wlr_surface_state& pending);
    void set_latest(DmabufBuffer* buffer, const Colors& colors, const std::optional<Rect>& crop,
                    std::uint64_t content);
    bool can_be_held() const;
    bool must_lock(const Commit& commit) const;
    bool charge(Commit& commit);
    PendingPicture::Request request_for(DmabufBuffer& buffer, const Colors& colors,
                                        const std::optional<Rect>& crop, std::uint64_t content);
    ShownContent content_of(const PendingPicture::Request& request, Way way, BufferLock picture);
    ShownContent content_of(PendingPicture& picture);

    // surface_snapshot.cpp
    static Snapshot::Awaits awaits_of(const Commit& commit);
    void describe_waiting(Snapshot::Surface& told) const;

    // commit_queue.cpp: what waits
    void progressed();
    Commits::iterator end_of_complete(Commits::iterator next);
    void make_pictures();
    void begin_reading(Commits::iterator end);
    std::vector<bool> superseded_before(Commits::iterator end) const;
    void let_go(Commits::iterator end);
    void prepare_to_apply(Commits::iterator end);
    void take_ready(Commit& commit);
    void advance_without_parent();
    void unlock_front();
    void drop_pictures();
    std::vector<std::shared_ptr<TreeCommit>> parents_of_waiting() const;
    std::chrono::steady_clock::time_point
    due_from(std::chrono::steady_clock::time_point committed) const;
    void arm_deadline();
    void handle_overdue();

    // shown_content.cpp: what is applied
    void begin_commit(const CommitState& state);
    void end_commit();
    void take_geometry(const CommitState& state);
    void show(Commit& commit);
    void show_remake(Commit& commit);
    void follow_foreign(wlr_buffer* buffer);
    void make_state_true();
    void make_encoding_true();
    void correct_damage(bool is_all_new);
    void hide_damage();
    bool put(ShownContent content);
    void exchange(ShownContent content);
    std::unique_ptr<PendingPicture> pending_again(DmabufBuffer& buffer,
                                                  const ShownContent& content);
    void look_at_awaited();

    /// Asked for first in a request: while a client goes it has none any more.
    ClientAccount& account();

    wlr_surface& surface_;
    SurfaceContext& context_;
    Surfaces& surfaces_;
    std::shared_ptr<ClientAccount> account_;
    Synced synced_{};
    CommitState pending_{}, current_{};
    bool is_followed_ = false;
    Listener client_commit_, gone_;
    RoleEnd role_end_;
    /// Of pictures that get ready in one turn only the last is shown.
    EndOfTurn progress_;

    Commits waiting_;
    std::optional<Commit> immediate_; ///< is applied within its request
    std::optional<Timer> deadline_;

    /// What the client committed last, for commits that change no more than how it is seen.
    struct Latest {
        DmabufBuffer* buffer = nullptr; ///< nullptr for others, and once the client has it back
        const PixelFormat* format = nullptr; ///< of the buffer, also once that is gone
        Colors colors{};
        std::optional<Rect> crop;
        std::uint64_t content = 0;
        Extent extent{};
        std::shared_ptr<const AcquirePoint> acquire;
        Listener released;
    } latest_;
    CopyRing copies_;
    bool has_cropped_ = false; ///< its client has shown a part of a picture, so it may show others

    ShownContent shown_;
    PictureGeometry client_geometry_; ///< as the client has it
    PictureGeometry shown_geometry_;  ///< of what is shown, where that is behind
    bool is_behind_ = false; ///< a picture was skipped, so the one before is shown as it was
    std::unique_ptr<PendingPicture> awaited_; ///< what will be shown without another commit
    wlr_buffer* foreign_ = nullptr;           ///< what is shown, while it is there
    Listener foreign_destroyed_;

    // While a commit is applied:
    std::optional<Commit> applying_;
    BufferLock kept_;
    std::optional<Region> uploaded_damage_; ///< which wlroots is not to upload again
};

} // namespace tarmac
