#pragma once

#include <expected>
#include <string>
#include <tarmac/capture_guard.hpp>

struct wl_display;
struct wlr_output_layout;
struct wlr_scene;
struct wlr_security_context_manager_v1;

namespace tarmac::compositor {

class Graphics;

/// Sandboxes register their applications there. Those don't see globals, here or elsewhere, with
/// which they could look at or act for others. Goes with the display.
wlr_security_context_manager_v1* create_security_contexts(wl_display* display);

/// Puts the globals on `display` that work by themselves, together with `scene`. They go with the
/// display. Those that take part in policy are with what they concern: Windows, Seat, Outputs. The
/// result is to follow every output.
CaptureGuard create_protocols(wl_display* display, const Graphics& graphics,
                              wlr_output_layout* layout, wlr_scene* scene);

/// wlroots' own handler of dma-bufs, with its advice for surfaces of `scene`. Error: a sentence.
std::expected<void, std::string> create_wlroots_dmabuf(wl_display* display,
                                                       const Graphics& graphics, wlr_scene* scene);

/// wl_drm, for Mesa before 22 and libva before 2.14: wlroots', which takes buffers that Tarmac
/// neither checks nor charges. An error, a sentence, without a GPU.
std::expected<void, std::string> create_wl_drm(wl_display* display, const Graphics& graphics);

} // namespace tarmac::compositor
