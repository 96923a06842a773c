#include "surface/tree_commit.hpp"

#include <algorithm>

#include "surface/surfaces.hpp"
#include "wlr/guard.hpp"

namespace tarmac {

std::shared_ptr<TreeCommit> TreeCommit::bind(Surface& parent, Surfaces& surfaces) {
    std::shared_ptr<TreeCommit> tree;
    for_each_child(parent.get().pending, [&](wlr_surface& child) {
        const auto surface = is_synchronized(child) ? surfaces.find(child) : nullptr;
        if (!surface || !surface->has_waiting())
            return;
        if (!tree)
            tree.reset(new TreeCommit{parent.weak_from_this()});
        if (surface->bind_to(tree))
            tree->children_.push_back(surface);
    });
    return tree;
}

bool TreeCommit::is_ready() const {
    return std::ranges::all_of(children_, [this](const std::weak_ptr<Surface>& child) {
        const auto surface = child.lock();
        return !surface || surface->is_ready_for(*this);
    });
}

void TreeCommit::progressed() const noexcept {
    if (const auto parent = parent_.lock())
        guard_for(wl_resource_get_client(parent->get().resource), [&] { parent->advance(); });
}

void TreeCommit::prepare() const {
    for_each([this](Surface& child) { child.prepare_for(*this); });
}

void TreeCommit::let_go() const {
    for_each([this](Surface& child) { child.let_go_for(*this); });
}

void TreeCommit::for_each(const std::function<void(Surface&)>& visit) const {
    // A child that goes may take this with it.
    const auto children = children_;
    for (const std::weak_ptr<Surface>& child : children) {
        if (const auto surface = child.lock())
            visit(*surface);
    }
}

} // namespace tarmac
