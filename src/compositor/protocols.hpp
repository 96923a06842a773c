#pragma once

struct wl_display;
struct wlr_output_layout;

namespace tarmac::compositor {

class Graphics;

/// Puts the globals on `display` that work by themselves, together with wlr_scene. They go with the
/// display. Those that take part in policy are with what they concern: Windows, Seat.
void create_protocols(wl_display* display, const Graphics& graphics, wlr_output_layout* layout);

} // namespace tarmac::compositor
