#pragma once

#include <memory>
#include <optional>
#include <tarmac/importer.hpp>
#include <tarmac/linux_dmabuf.hpp>

struct wl_display;
struct wlr_renderer;

namespace tarmac::compositor {

/// Tarmac at work: imports clients' dma-bufs through the renderer and tells what lands in the event
/// log. Where nothing can be imported, clients don't see the global. Owned by the Server; goes
/// before the renderer.
class DmabufImport {
public:
    DmabufImport(wl_display* display, wlr_renderer* renderer);

private:
    std::unique_ptr<Importer> importer_;
    std::optional<LinuxDmabuf> global_;
};

} // namespace tarmac::compositor
