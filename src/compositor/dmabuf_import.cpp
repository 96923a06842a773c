#include "compositor/dmabuf_import.hpp"

#include "compositor/event_log.hpp"
#include "dmabuf/formatted.hpp"

#include <wayland-server-core.h>

namespace tarmac::compositor {
namespace {

void log_landing(const Landing& landing) {
    const Dmabuf& dmabuf = landing.dmabuf;
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(landing.time);
    log_event("landed", {{"client", client_label(landing.client)},
                         {"size", formatted("{}x{}", dmabuf.width(), dmabuf.height())},
                         {"fourcc", bare(fourcc_name(dmabuf.fourcc()))},
                         {"modifier", bare(modifier_name(dmabuf.modifier()))},
                         {"planes", std::to_string(dmabuf.planes().size())},
                         {"way", bare(landing.way)},
                         {"time", formatted("{}us", time.count())}});
}

void log_refusal(const Refusal& refusal) {
    log_event("refused", {{"client", client_label(refusal.client)},
                          {"fatal", refusal.fatal ? "yes" : "no"},
                          {"reason", quoted(refusal.error.message)}});
}

std::vector<Importer*> borrow(const std::vector<std::unique_ptr<Importer>>& importers) {
    std::vector<Importer*> borrowed;
    for (const auto& importer : importers)
        borrowed.push_back(importer.get());
    return borrowed;
}

} // namespace

DmabufImport::DmabufImport(wl_display* display, wlr_compositor* compositor,
                           wlr_security_context_manager_v1* security_contexts,
                           wlr_renderer* renderer, int drm_fd)
    : importers_{create_importers(renderer, drm_fd)} {
    auto global = LinuxDmabuf::create(display, compositor, borrow(importers_),
                                      {.security_contexts = security_contexts,
                                       .on_landing = log_landing,
                                       .on_refusal = log_refusal});
    if (!global) {
        log_event("without-dmabuf", {{"reason", quoted(global.error().message)}});
        return;
    }
    global_.emplace(std::move(*global));
    scene_feedback_.emplace(*global_, wl_display_get_event_loop(display), scannable_formats());
}

void DmabufImport::use_new_renderer(wlr_renderer* renderer, int drm_fd) {
    if (!global_)
        return;
    Importers importers = create_importers(renderer, drm_fd);
    if (const auto done = global_->set_importers(borrow(importers)); !done) {
        log_event("without-dmabuf", {{"reason", quoted(done.error().message)}});
        // Nobody must import with a renderer that is gone.
        scene_feedback_.reset();
        global_.reset();
        importers_.clear();
        return;
    }
    importers_ = std::move(importers);
    scene_feedback_->set_formats(scannable_formats());
}

DmabufImport::Importers DmabufImport::create_importers(wlr_renderer* renderer, int drm_fd) {
    Importers importers;
    if (const auto device = find_device(drm_fd)) {
        if (auto importer = create_renderer_importer(renderer, *device))
            importers.push_back(std::move(*importer));
        if (auto importer = create_mapped_importer(renderer, *device)) {
            // Memory of cameras and processes is read all the same: of another device, or of none.
            if (importers.empty() && !(*importer)->takes_device_buffers())
                importer = create_mapped_importer(renderer, find_device(-1).value_or(*device));
            importers.push_back(std::move(*importer));
        }
    }
    return importers;
}

FormatSet DmabufImport::scannable_formats() const {
    for (const auto& importer : importers_) {
        if (importer->imports())
            return importer->formats();
    }
    return {};
}

void DmabufImport::follow(wlr_scene_output& output) {
    if (scene_feedback_)
        scene_feedback_->follow(output);
}

} // namespace tarmac::compositor
