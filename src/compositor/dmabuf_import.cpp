#include "compositor/dmabuf_import.hpp"

#include "compositor/event_log.hpp"

#include <format>
#include <wayland-server-core.h>

namespace tarmac::compositor {
namespace {

void log_landing(const Landing& landing) {
    const Dmabuf& dmabuf = landing.dmabuf;
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(landing.time);
    log_event("landed", {{"client", client_label(landing.client)},
                         {"size", std::format("{}x{}", dmabuf.width(), dmabuf.height())},
                         {"fourcc", bare(fourcc_name(dmabuf.fourcc()))},
                         {"modifier", bare(modifier_name(dmabuf.modifier()))},
                         {"planes", std::to_string(dmabuf.planes().size())},
                         {"way", bare(landing.way)},
                         {"time", std::format("{}us", time.count())}});
}

void log_refusal(const Refusal& refusal) {
    log_event("refused", {{"client", client_label(refusal.client)},
                          {"fatal", refusal.fatal ? "yes" : "no"},
                          {"reason", quoted(refusal.error.message)}});
}

} // namespace

DmabufImport::DmabufImport(wl_display* display, wlr_renderer* renderer, int drm_fd) {
    FormatSet scannable;
    if (const auto device = find_device(drm_fd)) {
        if (auto importer = create_renderer_importer(renderer, *device)) {
            scannable = (*importer)->formats();
            importers_.push_back(std::move(*importer));
        }
        if (auto importer = create_mapped_importer(renderer, *device))
            importers_.push_back(std::move(*importer));
    }
    std::vector<Importer*> importers;
    for (const auto& importer : importers_)
        importers.push_back(importer.get());
    auto global = LinuxDmabuf::create(display, std::move(importers),
                                      {.on_landing = log_landing, .on_refusal = log_refusal});
    if (!global) {
        log_event("without-dmabuf", {{"reason", quoted(global.error().message)}});
        return;
    }
    global_.emplace(std::move(*global));
    scene_feedback_.emplace(*global_, wl_display_get_event_loop(display), std::move(scannable));
}

void DmabufImport::follow(wlr_scene_output& output) {
    if (scene_feedback_)
        scene_feedback_->follow(output);
}

} // namespace tarmac::compositor
