#pragma once

#include <memory>
#include <optional>
#include <tarmac/importer.hpp>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/scene_feedback.hpp>

struct wl_display;
struct wlr_renderer;
struct wlr_scene_output;

namespace tarmac::compositor {

/// Tarmac at work: imports clients' dma-bufs through the renderer and tells what lands in the event
/// log. Where nothing can be imported, clients don't see the global. Owned by the Server; goes
/// before the renderer.
class DmabufImport {
public:
    DmabufImport(wl_display* display, wlr_renderer* renderer);

    /// Lets clients know what `output` could scan out.
    void follow(wlr_scene_output& output);

private:
    std::unique_ptr<Importer> importer_;
    std::optional<LinuxDmabuf> global_;
    std::optional<SceneFeedback> scene_feedback_;
};

} // namespace tarmac::compositor
