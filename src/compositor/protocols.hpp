#pragma once

#include <expected>
#include <string>

struct wl_display;
struct wlr_output_layout;
struct wlr_scene;

namespace tarmac::compositor {

class Graphics;

/// Puts the globals on `display` that work by themselves, together with `scene`. They go with the
/// display. Those that take part in policy are with what they concern: Windows, Seat, Outputs.
///
/// Clients in a security context don't see those, here and there, with which they could look at or
/// act for others.
void create_protocols(wl_display* display, const Graphics& graphics, wlr_output_layout* layout,
                      wlr_scene* scene);

/// wl_drm, for Mesa before 22 and libva before 2.14: wlroots', which takes buffers that Tarmac
/// neither checks nor charges. An error, a sentence, without a GPU.
std::expected<void, std::string> create_wl_drm(wl_display* display, const Graphics& graphics);

} // namespace tarmac::compositor
