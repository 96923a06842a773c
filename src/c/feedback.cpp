#include "c/feedback.hpp"

#include <chrono>
#include <span>
#include <tarmac/scene_feedback.hpp>
#include <tarmac/tarmac.h>

#include "c/catching.hpp"
#include "c/linux_dmabuf.hpp"
#include "feedback/with_scanout.hpp"
#include "import/imported_formats.hpp"
#include "wlr/guard.hpp"
#include "wlr/wlr.hpp"

using tarmac::Feedback;
using tarmac::FeedbackBuilder;
using tarmac::FormatSet;
using tarmac::Result;
using tarmac::TrancheFlags;

struct tarmac_scene_feedback {
    tarmac::SceneFeedback advice;
};

namespace {

static_assert(TARMAC_TRANCHE_SCANOUT == int{std::to_underlying(TrancheFlags::Scanout)} &&
              TARMAC_TRANCHE_SAMPLING == int{std::to_underlying(TrancheFlags::Sampling)});

Result<std::unique_ptr<tarmac_feedback>> wrapped(Result<std::shared_ptr<const Feedback>> built) {
    return std::move(built).transform(
        [](auto&& feedback) { return std::make_unique<tarmac_feedback>(std::move(feedback)); });
}

Result<std::unique_ptr<tarmac_feedback>>
scanout_feedback(const tarmac_linux_dmabuf& dmabuf, dev_t device, const wlr_drm_format_set& shown) {
    const auto& usual = dmabuf.global.default_feedback();
    if (!usual)
        return tarmac::fail(tarmac::Fault::NotAvailable, "the display is gone");
    FormatSet formats =
        tarmac::to_format_set(shown)
            .intersect(tarmac::imported_formats(dmabuf.importer->importer->members()))
            .intersect(usual->table().formats());
    if (formats.empty())
        return tarmac::fail(tarmac::Fault::InvalidFormat,
                            "the plane shows no format that clients are told of");
    return wrapped(
        tarmac::with_scanout(usual, {device, TrancheFlags::Scanout, std::move(formats)}));
}

} // namespace

extern "C" {

tarmac_feedback* tarmac_feedback_create(dev_t main_device, const tarmac_tranche* tranches,
                                        size_t n_tranches, tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        FeedbackBuilder builder;
        builder.set_main_device(main_device);
        for (const tarmac_tranche& tranche : std::span{tranches, n_tranches})
            builder.add_tranche({tranche.target_device, TrancheFlags{tranche.flags},
                                 tarmac::to_format_set(*tranche.formats)});
        return wrapped(builder.build());
    });
}

tarmac_feedback* tarmac_feedback_create_for_scanout(tarmac_linux_dmabuf* dmabuf,
                                                    dev_t target_device,
                                                    const wlr_drm_format_set* formats,
                                                    tarmac_error* error) {
    return tarmac::c::created(error,
                              [&] { return scanout_feedback(*dmabuf, target_device, *formats); });
}

void tarmac_feedback_destroy(tarmac_feedback* feedback) {
    delete feedback;
}

void tarmac_linux_dmabuf_set_default_feedback(tarmac_linux_dmabuf* dmabuf,
                                              const tarmac_feedback* feedback) {
    tarmac::guard([&] { dmabuf->global.set_default_feedback(feedback->feedback); });
}

wl_signal* tarmac_linux_dmabuf_get_default_feedback_changed(tarmac_linux_dmabuf* dmabuf) {
    return &dmabuf->global.default_feedback_changed();
}

void tarmac_linux_dmabuf_set_surface_feedback(tarmac_linux_dmabuf* dmabuf, wlr_surface* surface,
                                              const tarmac_feedback* feedback) {
    tarmac::guard([&] {
        dmabuf->global.set_surface_feedback(surface->resource,
                                            feedback ? feedback->feedback : nullptr);
    });
}

tarmac_scene_feedback* tarmac_scene_feedback_create(tarmac_linux_dmabuf* dmabuf,
                                                    wl_event_loop* loop, uint32_t settling_time_ms,
                                                    tarmac_error* error) {
    return tarmac::c::created(error, [&]() -> Result<std::unique_ptr<tarmac_scene_feedback>> {
        auto& global = dmabuf->global;
        return std::unique_ptr<tarmac_scene_feedback>{new tarmac_scene_feedback{
            settling_time_ms == 0
                ? tarmac::SceneFeedback{global, loop}
                : tarmac::SceneFeedback{global, loop,
                                        std::chrono::milliseconds{settling_time_ms}}}};
    });
}

void tarmac_scene_feedback_destroy(tarmac_scene_feedback* advice) {
    delete advice;
}

void tarmac_scene_feedback_follow(tarmac_scene_feedback* advice, wlr_scene_output* output) {
    tarmac::guard([&] { advice->advice.follow(*output); });
}

} // extern "C"
