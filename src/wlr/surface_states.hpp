#pragma once

#include <cstdint>
#include <functional>

#include "wlr/wlr.hpp"

namespace tarmac {

/// What of a surface's state belongs to its picture: a picture is shown with all of it or not at
/// all.
struct PictureGeometry {
    int width, height;               ///< of the surface
    int buffer_width, buffer_height; ///< in pixels
    std::int32_t scale;
    wl_output_transform transform;
    decltype(wlr_surface_state::viewport) viewport;

    static PictureGeometry of(const wlr_surface_state& state) noexcept;
    /// Of a picture of one pixel that is stretched over a surface as large.
    static PictureGeometry stretched_pixel(int width, int height) noexcept;
    void write_to(wlr_surface_state& state) const noexcept;
};

/// The state of the commit `seq` while it waits to be applied, or nullptr.
wlr_surface_state* cached_state(wlr_surface& surface, std::uint32_t seq) noexcept;

/// The states that wait to be applied, oldest first.
void for_each_cached(const wlr_surface& surface,
                     const std::function<void(const wlr_surface_state& cached)>& visit);

/// Takes the buffer out of a state that waits, as if the client had attached none. What of it is
/// the buffer's size stays: see PictureGeometry.
void remove_buffer(wlr_surface_state& state) noexcept;

/// Has `state`, which brings a buffer, bring this one.
void set_buffer(wlr_surface_state& state, wlr_buffer& buffer) noexcept;

/// Whether commits of the surface wait for those of its parent.
bool is_synchronized(wlr_surface& surface) noexcept;

/// The same, by its own mode and not by an ancestor's.
bool is_synchronized_itself(wlr_surface& surface) noexcept;
/// Whether wlroots holds the commit `seq` of the surface for its parent's next one.
bool is_held_by_subsurface(wlr_surface& surface, std::uint32_t seq) noexcept;
/// Whether anybody else holds it, or may yet, since it is being committed. `is_locked`: by us.
bool is_held_beside(wlr_surface& surface, std::uint32_t seq, bool is_locked) noexcept;

/// The surface's parent, if it is a subsurface whose parent is there.
wlr_surface* parent_of(wlr_surface& surface) noexcept;

/// The children that `state` lists: those of `pending` are the most recent.
void for_each_child(const wlr_surface_state& state,
                    const std::function<void(wlr_surface& child)>& visit);

/// Applies what a child of a surface that was just committed still waits with: wlroots lets go only
/// of children that are synchronized themselves, not of those that are so by an ancestor
/// (types/wlr_subcompositor.c of 0.20, subsurface_handle_parent_commit).
void let_go_with_parent(wlr_surface& child);

/// Has the commit that is being applied bring that damage, in pixels of its buffer, and no other.
/// From its move_state on, that is: 0.20.0 has gathered it by then, later versions gather it from
/// the current state after that (types/wlr_compositor.c, surface_commit_state).
void set_damage(wlr_surface& surface, const pixman_region32_t& damage) noexcept;

/// Tells everybody who follows the surface to look at it again, as after a commit that brought
/// nothing but damage of the whole picture.
void announce_new_picture(wlr_surface& surface);

} // namespace tarmac
