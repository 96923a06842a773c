#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "surface/surface.hpp"

namespace tarmac {

/// A commit of a surface together with what its synchronized children committed before it: they are
/// shown together or not at all. Rule: wl_subsurface. wlroots sees to that only for children that
/// nobody else holds, and only for the first commit of each (types/wlr_subcompositor.c of 0.20).
class TreeCommit {
public:
    /// What the children of `parent` wait with, for the commit that it is making. nullptr if that
    /// is nothing.
    static std::shared_ptr<TreeCommit> bind(Surface& parent, Surfaces& surfaces);

    bool is_ready() const;
    /// Something in it has come further.
    void progressed() const noexcept;
    /// Around the moment when wlroots applies the parent's commit, and lets go of children.
    void prepare() const;
    void let_go() const;

private:
    explicit TreeCommit(std::weak_ptr<Surface> parent) : parent_{std::move(parent)} {}
    void for_each(const std::function<void(Surface&)>& visit) const;

    std::weak_ptr<Surface> parent_;
    std::vector<std::weak_ptr<Surface>> children_;
};

} // namespace tarmac
