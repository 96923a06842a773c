// What is told of a surface to who looks.

#include <algorithm>

#include "surface/surface.hpp"
#include "surface/tree_commit.hpp"

namespace tarmac {

std::optional<Snapshot::Surface> Surface::snapshot() const {
    const bool has_image = shown_.kind == ShownContent::Kind::Image;
    const bool awaits_image = awaited_ || std::ranges::any_of(waiting_, &Commit::had_image);
    if (!account_ || (!has_image && !awaits_image))
        return std::nullopt;
    Snapshot::Surface told{.client = account_->id(),
                           .id = wl_resource_get_id(surface_.resource),
                           .buffer = {},
                           .image = {},
                           .way = {},
                           .copied_bytes = copies_.size_in_bytes(),
                           .outputs = {}};
    if (has_image) {
        told.image = shown_.image;
        told.way = way_name(shown_.way);
    }
    describe_waiting(told);
    return told;
}

void Surface::for_each_waiting(
    const std::function<void(const DmabufBuffer& buffer, Snapshot::Awaits awaits,
                             std::chrono::steady_clock::time_point since)>& visit) const {
    if (awaited_)
        visit(awaited_->buffer(), awaited_->awaits(), awaited_->request().since);
    // What could be shown, or read, waits for what is ahead of it.
    std::optional<Snapshot::Awaits> ahead;
    for (const Commit& commit : waiting_) {
        const bool is_in_time =
            commit.has_picture() || commit.picture->stage() == PendingPicture::Stage::Readable;
        const Snapshot::Awaits awaits = ahead && is_in_time ? *ahead : awaits_of(commit);
        if (!ahead)
            ahead = awaits;
        wlr_buffer* buffer =
            (commit.picture ? commit.picture->request().buffer : commit.ready.source).get();
        const DmabufBuffer* image = DmabufBuffer::from(buffer);
        if (image && !commit.is_dropped() && !commit.is_remake)
            visit(*image, awaits, commit.since);
    }
}

void Surface::describe_waiting(Snapshot::Surface& told) const {
    told.waiting_commits = static_cast<unsigned>(waiting_.size()) + (awaited_ ? 1 : 0);
    const auto now = std::chrono::steady_clock::now();
    if (awaited_) {
        told.awaits = awaited_->awaits();
        told.waits_for = now - awaited_->request().since;
    } else if (!waiting_.empty()) {
        told.awaits = awaits_of(waiting_.front());
        told.waits_for = now - waiting_.front().since;
    }
}

Snapshot::Awaits Surface::awaits_of(const Commit& commit) {
    if (!commit.has_picture())
        return commit.picture->awaits();
    const bool awaits_tree = commit.waits_for_parent() || commit.parent || !commit.is_ready();
    return awaits_tree ? Snapshot::Awaits::Tree : Snapshot::Awaits::Other;
}

} // namespace tarmac
