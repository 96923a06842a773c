#pragma once

#include <memory>
#include <unordered_map>

#include "surface/surface.hpp"

struct wlr_compositor;

namespace tarmac {

/// The surfaces of a wlr_compositor that are made from now on, and others that it is told of.
class Surfaces {
public:
    /// `context` must outlive this.
    Surfaces(wlr_compositor& compositor, SurfaceContext& context);
    /// What is held is let go.
    ~Surfaces();
    Surfaces(const Surfaces&) = delete;
    Surfaces& operator=(const Surfaces&) = delete;

    /// Follows `surface`, which was made before, and its subsurfaces.
    void follow(wlr_surface& surface);
    /// nullptr for one that isn't followed.
    std::shared_ptr<Surface> find(wlr_surface& surface) const;
    void for_each(const std::function<void(const Surface& surface)>& visit) const;
    /// The wlr_compositor has another renderer.
    void show_again();
    /// Skips the picture that a surface of `client` has waited for the longest.
    void skip_oldest_of(wl_client* client) const;

private:
    void add(wlr_surface& surface);

    SurfaceContext& context_;
    wlr_compositor* compositor_; ///< nullptr once it is gone
    std::unordered_map<wlr_surface*, std::shared_ptr<Surface>> surfaces_;
    Listener new_surface_, compositor_gone_;
};

} // namespace tarmac
