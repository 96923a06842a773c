#include "compositor/dmabuf_import.hpp"

#include "compositor/client_log.hpp"
#include "compositor/event_log.hpp"
#include "dmabuf/formatted.hpp"

#include <wayland-server-core.h>

namespace tarmac::compositor {
namespace {

void log_import(const Import& import) {
    const Dmabuf& dmabuf = import.dmabuf;
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(import.time);
    log_event("imported", {{"client", client_label(import.client)},
                           {"size", formatted("{}x{}", dmabuf.width(), dmabuf.height())},
                           {"fourcc", bare(fourcc_name(dmabuf.fourcc()))},
                           {"modifier", bare(modifier_name(dmabuf.modifier()))},
                           {"planes", std::to_string(dmabuf.planes().size())},
                           {"way", bare(import.way)},
                           {"time", formatted("{}us", time.count())}});
}

/// Another device than that of `drm_fd` is named where nobody could read what that one makes.
Result<std::unique_ptr<Importer>> create_importer_on(wlr_renderer* renderer, int drm_fd) {
    const auto create = [renderer](dev_t device) { return create_importer(renderer, device); };
    auto importer = find_device(drm_fd).and_then(create);
    if (importer && (*importer)->takes_device_buffers())
        return importer;
    auto other = find_device(-1).and_then(create);
    return other ? std::move(other) : std::move(importer);
}

void log_absence(const Error& error) {
    log_event("without-dmabuf", {{"reason", quoted(error.message)}});
}

} // namespace

DmabufImport::DmabufImport(wl_display* display, wlr_compositor* compositor,
                           wlr_security_context_manager_v1* security_contexts,
                           wlr_renderer* renderer, int drm_fd) {
    auto importer = create_importer_on(renderer, drm_fd);
    if (!importer) {
        log_absence(importer.error());
        return;
    }
    auto global =
        LinuxDmabuf::create(display, compositor, **importer,
                            {.security_contexts = security_contexts,
                             .on_import = log_import,
                             .on_refusal = [](const Refusal& refusal) {
                                 log_refusal(refusal.client, refusal.fatal, refusal.error.message);
                             }});
    if (!global) {
        log_absence(global.error());
        return;
    }
    importer_ = std::move(*importer);
    global_.emplace(std::move(*global));
    scene_feedback_.emplace(*global_, wl_display_get_event_loop(display));
}

void DmabufImport::pause() {
    if (global_)
        global_->pause();
}

void DmabufImport::use_new_renderer(wlr_renderer* renderer, int drm_fd) {
    if (!global_)
        return;
    auto importer = create_importer_on(renderer, drm_fd);
    const auto done = importer ? global_->set_importers(**importer)
                               : Result<void>{std::unexpected(importer.error())};
    if (done) {
        importer_ = std::move(*importer);
        global_->resume();
        return;
    }
    log_absence(done.error());
    // Nobody must import with a renderer that is gone.
    scene_feedback_.reset();
    global_.reset();
    importer_.reset();
}

void DmabufImport::follow(wlr_scene_output& output) {
    if (scene_feedback_)
        scene_feedback_->follow(output);
}

std::expected<void, std::string> DmabufImport::offer_inspection(wl_event_loop* loop,
                                                                std::string path) {
    if (!global_)
        return std::unexpected("There are no dma-bufs to inspect: the line above says why.");
    auto made = Inspection::create(*global_, loop, std::move(path));
    if (!made)
        return std::unexpected(formatted("Nobody can inspect this: {}.", made.error().message));
    inspection_.emplace(std::move(*made));
    log_event("inspect", {{"socket", bare(inspection_->path())}});
    return {};
}

} // namespace tarmac::compositor
