#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <tarmac/importer.hpp>
#include <tarmac/inspection.hpp>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/scene_feedback.hpp>

struct wl_display;
struct wlr_compositor;
struct wlr_renderer;
struct wlr_scene_output;

namespace tarmac::compositor {

/// Tarmac at work: imports clients' dma-bufs, through the renderer or mapped, and tells what lands
/// in the event log. Where nothing can be imported, clients don't see the global. Owned by the
/// Server; goes before the renderer.
class DmabufImport {
public:
    /// `drm_fd` is of the device that clients are to allocate on; -1 if there is none.
    DmabufImport(wl_display* display, wlr_compositor* compositor,
                 wlr_security_context_manager_v1* security_contexts, wlr_renderer* renderer,
                 int drm_fd);

    /// There is no renderer until use_new_renderer(): clients wait.
    void pause();
    /// Imports everything again with a renderer that takes the former one's place.
    void use_new_renderer(wlr_renderer* renderer, int drm_fd);

    /// Lets clients know what `output` could scan out.
    void follow(wlr_scene_output& output);

    /// Lets programs look at what clients have, on a socket at `path`. Error: a sentence.
    std::expected<void, std::string> offer_inspection(wl_event_loop* loop, std::string path);

private:
    std::unique_ptr<Importer> importer_;
    std::optional<LinuxDmabuf> global_;
    std::optional<SceneFeedback> scene_feedback_;
    std::optional<Inspection> inspection_;
};

} // namespace tarmac::compositor
