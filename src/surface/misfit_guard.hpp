#pragma once

#include <vector>

struct wlr_compositor;
struct wlr_surface;

namespace tarmac {

/// Lets go of a surface's picture if it has another size than the surface's state says. wlroots
/// (0.20) keeps the picture before one that the renderer couldn't take, and ends the process over
/// drawing it in the size of that one. To be called once a commit has been applied, before others
/// hear of it. True if there was one.
bool drop_misfit(wlr_surface& surface) noexcept;

/// Has that done for `surfaces`, and all that are made later, until `compositor` goes: clients'
/// buffers outlive the LinuxDmabuf, but those that have to be read can't be shown any more.
void guard_against_misfits(wlr_compositor& compositor, const std::vector<wlr_surface*>& surfaces);

} // namespace tarmac
