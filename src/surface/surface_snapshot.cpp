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

void Surface::describe_waiting(Snapshot::Surface& told) const {
    told.waiting_commits = static_cast<unsigned>(waiting_.size()) + (awaited_ ? 1 : 0);
    const auto now = std::chrono::steady_clock::now();
    if (awaited_) {
        told.awaits = awaited_->awaits();
        told.waits_for = now - awaited_->request().since;
        return;
    }
    if (waiting_.empty())
        return;
    const Commit& oldest = waiting_.front();
    told.waits_for = now - oldest.since;
    if (!oldest.has_picture())
        told.awaits = oldest.picture->awaits();
    else if (oldest.waits_for_parent() || oldest.parent || !oldest.is_ready())
        told.awaits = Snapshot::Awaits::Tree;
    else
        told.awaits = Snapshot::Awaits::Other;
}

} // namespace tarmac
