#pragma once

#include <functional>

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// Tells of the end of a surface's role object before wlroots hears of it and resets the surface:
/// of an xdg_toplevel or xdg_popup too, which goes before its xdg_surface.
class RoleEnd {
public:
    /// `function` may be called twice.
    explicit RoleEnd(std::function<void()> function) : function_{std::move(function)} {}

    /// Looks which role objects `surface` has now.
    void watch(wlr_surface& surface);

private:
    /// A role object, if there is one, and wlroots' listener to its end.
    void watch(wl_resource*& known, Listener& ended, wl_resource* object, wl_listener& wlroots);

    std::function<void()> function_;
    wl_resource *role_ = nullptr, *xdg_role_ = nullptr;
    Listener role_ended_, xdg_role_ended_;
};

} // namespace tarmac
