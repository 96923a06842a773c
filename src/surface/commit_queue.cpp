// The commits of a surface that wait to be applied.

#include <algorithm>
#include <ranges>
#include <utility>

#include "surface/surface.hpp"
#include "surface/surfaces.hpp"
#include "surface/transparent_pixel.hpp"
#include "surface/tree_commit.hpp"

namespace tarmac {

namespace {

using Stage = PendingPicture::Stage;

bool can_be_read(const PendingPicture& picture) {
    return picture.stage() == Stage::Readable || picture.stage() == Stage::Reading ||
           picture.is_over();
}

} // namespace

void Surface::progressed() {
    const auto self = shared_from_this();
    look_at_awaited();
    advance();
}

void Surface::advance() {
    if (waiting_.empty() || !is_followed_)
        return;
    if (!is_synchronized(surface_)) {
        for (Commit& commit : waiting_)
            commit.has_parent = commit.has_parent && commit.parent;
    }
    make_pictures();
    const auto end = end_of_complete(std::ranges::find_if(
        waiting_, [](const Commit& c) { return c.waits_for_parent() || !c.is_ready(); }));
    if (end != waiting_.begin())
        return let_go(end);
    arm_deadline();
    if (const auto parent = waiting_.front().parent)
        parent->progressed();
}

/// Where commits end that may be applied before `next`. What was left out for a picture that is
/// being read comes with it where it would be missed: the surface would be transparent at first, or
/// children would show with a picture of their parent's that is older than theirs.
Surface::Commits::iterator Surface::end_of_complete(Commits::iterator next) {
    if (next == waiting_.end() || next->waits_for_parent() || !next->picture ||
        next->picture->is_over() || !can_be_read(*next->picture))
        return next;
    auto end = next;
    bool is_missed = shown_.kind == ShownContent::Kind::Nothing;
    for (auto commit = next; commit != waiting_.begin();) {
        --commit;
        if (commit->is_dropped()) {
            end = commit;
        } else if (commit->brings != Commit::Brings::Nothing) {
            is_missed = false;
            break;
        }
    }
    const bool has_children =
        std::any_of(end, next, [](const Commit& commit) { return commit.children != nullptr; });
    return is_missed || has_children ? end : next;
}

/// Of the pictures at the front that could be shown together only the last is seen: the others
/// aren't made.
void Surface::make_pictures() {
    const Commit& front = waiting_.front();
    // Nobody knows yet what comes with it.
    const bool is_alone = front.waits_for_parent() && !front.parent;
    const auto end = std::ranges::find_if(waiting_, [&](const Commit& c) {
        return (is_alone && &c != &front) || c.parent != front.parent ||
               c.waits_for_parent() != front.waits_for_parent() ||
               (c.picture && !can_be_read(*c.picture)) ||
               (&c != &front && c.children && c.heeds_children && !c.children->is_ready());
    });
    const std::ranges::subrange together{waiting_.begin(), end};
    const auto any_is = [&](Stage stage) {
        return std::ranges::any_of(
            together, [&](const Commit& c) { return c.picture && c.picture->stage() == stage; });
    };
    if (any_is(Stage::Reading))
        return;
    if (any_is(Stage::Readable))
        begin_reading(end);
    for (Commit& commit : together)
        take_ready(commit);
    // wlroots holds it until the parent's commit, or until it isn't synchronized any more.
    if (is_alone && front.is_ready() && !must_lock(front) &&
        is_held_by_subsurface(surface_, front.seq))
        unlock_front();
}

void Surface::begin_reading(Commits::iterator end) {
    const std::vector<bool> superseded = superseded_before(end);
    auto is_superseded = superseded.begin();
    for (auto commit = waiting_.begin(); commit != end; ++commit, ++is_superseded) {
        if (!commit->picture || commit->picture->stage() != Stage::Readable)
            continue;
        if (*is_superseded)
            commit->picture->drop();
        else
            commit->picture->begin_reading();
    }
}

/// For each commit up to `end`: whether a later one of them is applied at the same time and brings
/// another picture, or takes it away.
std::vector<bool> Surface::superseded_before(Commits::iterator end) const {
    std::vector<bool> superseded;
    bool is_superseded = false;
    for (const Commit& commit :
         std::ranges::subrange{waiting_.begin(), Commits::const_iterator{end}} |
             std::views::reverse) {
        superseded.push_back(is_superseded);
        // Others may let it go later.
        if (is_held_beside(surface_, commit.seq, commit.is_locked))
            is_superseded = false;
        else if (commit.brings != Commit::Brings::Nothing && !commit.is_dropped())
            is_superseded = true;
    }
    std::ranges::reverse(superseded);
    return superseded;
}

/// Has wlroots' state bring what the renderer is given, so that a buffer that was copied is
/// released though the commit waits for others.
void Surface::take_ready(Commit& commit) {
    if (!commit.picture || commit.picture->stage() != Stage::Ready)
        return;
    PendingPicture& picture = *commit.picture;
    commit.ready = content_of(picture);
    wlr_surface_state* state = cached_state(surface_, commit.seq);
    if (state && !commit.is_remake)
        set_buffer(*state, *commit.ready.picture);
    commit.picture.reset();
}

/// The first commits, up to `end`, may be applied.
void Surface::let_go(Commits::iterator end) {
    prepare_to_apply(end);
    const std::size_t n_waiting = waiting_.size();
    // The first is unlocked last, and has all applied, which may end the surface.
    std::vector<std::uint32_t> seqs;
    for (auto commit = waiting_.begin(); commit != end; ++commit) {
        if (std::exchange(commit->is_locked, false))
            seqs.push_back(commit->seq);
    }
    wlr_surface& surface = surface_;
    const auto self = shared_from_this();
    for (const std::uint32_t seq : seqs | std::views::reverse)
        wlr_surface_unlock_cached(&surface, seq);
    if (!is_followed_ || waiting_.empty())
        return;
    if (waiting_.size() < n_waiting)
        advance();
    else
        arm_deadline();
}

/// Decides what becomes of commits whose pictures aren't shown, and has wlroots' states say so.
/// Rule: a picture is shown with the sizes that it was committed with, or not at all.
/// One in whose place another is seen comes before no renderer.
void Surface::prepare_to_apply(Commits::iterator end) {
    bool has_picture = shown_.kind != ShownContent::Kind::Nothing;
    const std::vector<bool> superseded = superseded_before(end);
    auto is_superseded = superseded.begin();
    for (auto commit = waiting_.begin(); commit != end; ++commit, ++is_superseded) {
        take_ready(*commit);
        const bool is_left_out =
            has_picture && commit->brings == Commit::Brings::Image && *is_superseded;
        if (commit->picture || is_left_out) {
            commit->picture.reset();
            commit->ready = {};
            wlr_surface_state* state = cached_state(surface_, commit->seq);
            if (has_picture) {
                commit->brings = Commit::Brings::Nothing;
                commit->is_skipped = true;
                if (state && !commit->is_remake)
                    remove_buffer(*state);
            } else if (commit->is_remake) {
                commit->brings = Commit::Brings::Nothing;
            } else {
                commit->brings = Commit::Brings::Transparent;
                if (state)
                    set_buffer(*state, *make_transparent_pixel());
            }
        }
        if (commit->brings != Commit::Brings::Nothing)
            has_picture = commit->brings != Commit::Brings::Null;
    }
}

void Surface::unlock_front() {
    if (std::exchange(waiting_.front().is_locked, false))
        wlr_surface_unlock_cached(&surface_, waiting_.front().seq);
}

void Surface::drop_pictures() {
    for (Commit& commit : waiting_) {
        if (commit.picture && !commit.picture->is_over())
            commit.picture->drop();
        commit.heeds_children = false;
    }
    const auto self = shared_from_this();
    look_at_awaited();
    advance();
}

void Surface::let_go_of_all() noexcept {
    if (!is_followed_)
        return;
    attempt([this] {
        const auto parents = parents_of_waiting();
        for (Commit& commit : waiting_)
            commit.has_parent = false;
        awaited_.reset();
        drop_pictures();
        for (const auto& parent : parents)
            parent->progressed();
    });
}

std::vector<std::shared_ptr<TreeCommit>> Surface::parents_of_waiting() const {
    std::vector<std::shared_ptr<TreeCommit>> parents;
    for (const Commit& commit : waiting_) {
        if (commit.parent && (parents.empty() || parents.back() != commit.parent))
            parents.push_back(commit.parent);
    }
    return parents;
}

bool Surface::bind_to(const std::shared_ptr<TreeCommit>& parent) {
    bool is_bound = false;
    for (Commit& commit : waiting_) {
        if (!commit.parent && commit.waits_for_parent()) {
            commit.parent = parent;
            is_bound = true;
        }
    }
    if (is_bound)
        make_pictures();
    return is_bound;
}

bool Surface::is_ready_for(const TreeCommit& parent) const {
    return std::ranges::all_of(
        waiting_, [&](const Commit& c) { return c.parent.get() != &parent || c.is_ready(); });
}

void Surface::prepare_for(const TreeCommit& parent) {
    const auto end = std::ranges::find_if(
        waiting_, [&](const Commit& c) { return c.parent.get() != &parent || !c.is_ready(); });
    prepare_to_apply(end);
}

void Surface::let_go_for(const TreeCommit& parent) {
    for (Commit& commit : waiting_) {
        if (commit.parent.get() == &parent) {
            commit.parent = nullptr;
            commit.has_parent = false;
        }
    }
    advance_without_parent();
}

void Surface::let_go_desynchronized() {
    for (Commit& commit : waiting_)
        commit.has_parent = false;
    advance_without_parent();
}

/// Also lets go of what wlroots itself holds for the parent.
void Surface::advance_without_parent() {
    wlr_surface& surface = surface_;
    const auto self = shared_from_this();
    advance();
    if (is_followed_)
        let_go_with_parent(surface);
}

std::optional<std::chrono::steady_clock::time_point> Surface::waits_since() const {
    const auto found = std::ranges::find_if(waiting_, &Commit::is_delayed);
    return found != waiting_.end() ? std::optional{found->since} : std::nullopt;
}

void Surface::skip_oldest() {
    const auto found = std::ranges::find_if(waiting_, &Commit::is_delayed);
    if (found == waiting_.end())
        return;
    found->picture->drop();
    advance();
}

/// When a commit of then is overdue: not while nothing is imported.
std::chrono::steady_clock::time_point
Surface::due_from(std::chrono::steady_clock::time_point committed) const {
    return std::max(committed, context_.imports.resumed()) + context_.ready_timeout;
}

void Surface::arm_deadline() {
    const auto since = waits_since();
    if (!since) {
        deadline_.reset();
        return;
    }
    if (deadline_)
        return;
    const auto left = due_from(*since) - std::chrono::steady_clock::now();
    deadline_.emplace(context_.loop, std::chrono::ceil<std::chrono::milliseconds>(left),
                      [this] { attempt([this] { handle_overdue(); }); });
}

void Surface::handle_overdue() {
    deadline_.reset();
    wl_client* client = wl_resource_get_client(surface_.resource);
    const auto now = std::chrono::steady_clock::now();
    const auto self = shared_from_this();
    for (Commit& commit : waiting_) {
        if (!commit.is_delayed() || due_from(commit.since) > now)
            continue;
        if (context_.ends_client(client)) {
            wl_client_post_implementation_error(client,
                                                "a buffer wasn't ready in time to be shown");
            wl_client_flush(client);
            return wl_client_destroy(client);
        }
        commit.picture->drop();
    }
    advance();
    if (is_followed_)
        arm_deadline();
}

} // namespace tarmac
