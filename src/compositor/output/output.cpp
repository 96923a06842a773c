#include "compositor/output/output.hpp"

#include "compositor/graphics.hpp"
#include "compositor/output/init_render.hpp"
#include "wlr/gles_info.hpp"
#include "wlr/renderer_facts.hpp"
#include "wlr/renderer_kind.hpp"

namespace tarmac::compositor {
namespace {

#if WLR_HAS_DRM_BACKEND
/// Mesa's threads on the CPU still draw when it says that it has flushed, and put no fence into the
/// buffer: a card that copies a frame when it is committed takes what is there.
bool is_shown_unfinished(wlr_output& output, wlr_renderer* renderer) {
    return wlr_output_is_drm(&output) && is_gles2(renderer) &&
           RendererFacts::of(renderer)->draws_on_cpu;
}
#else
bool is_shown_unfinished(wlr_output&, wlr_renderer*) {
    return false;
}
#endif

/// wlr_scene_output_commit(), but what is committed is drawn to its end.
bool commit(wlr_scene_output& scene_output, wlr_renderer* renderer) {
    if (!is_shown_unfinished(*scene_output.output, renderer))
        return wlr_scene_output_commit(&scene_output, nullptr);
    if (!wlr_scene_output_needs_frame(&scene_output))
        return true;
    wlr_output_state state;
    wlr_output_state_init(&state);
    bool done = wlr_scene_output_build_state(&scene_output, &state, nullptr);
    if (done) {
        finish_gles(renderer);
        done = wlr_output_commit_state(scene_output.output, &state);
    }
    wlr_output_state_finish(&state);
    return done;
}

/// wlr_scene goes on waiting for timelines that a renderer before had, and that nobody signals now.
void forget_timelines(wlr_scene_output& output) {
    for (auto* timeline : {
             &output.WLR_PRIVATE.in_timeline,
#if TARMAC_WLROOTS_SINCE(20)
             &output.WLR_PRIVATE.out_timeline,
#endif
         }) {
        if (wlr_drm_syncobj_timeline* forgotten = std::exchange(*timeline, nullptr)) {
            wlr_drm_syncobj_timeline_signal(forgotten, UINT64_MAX);
            wlr_drm_syncobj_timeline_unref(forgotten);
        }
    }
}

} // namespace

Output::Output(wlr_output& output, wlr_scene_output& scene_output, Graphics& graphics,
               std::function<void()> on_drawn, std::function<void()> on_gone)
    : output_{output}
    , scene_output_{scene_output}
    , graphics_{graphics}
    , on_drawn_{std::move(on_drawn)} {
    frame_.connect(output.events.frame, [this] { draw(); });
    // A nested output's window was resized.
    request_state_.connect<wlr_output_event_request_state>(
        output.events.request_state, [this](wlr_output_event_request_state* event) {
            wlr_output_commit_state(&output_, event->state);
        });
    destroy_.connect(output.events.destroy, std::move(on_gone));
}

bool Output::use_new_renderer() {
    if (!graphics_.renderer()->features.timeline)
        forget_timelines(scene_output_);
    can_draw_ = init_render(output_, graphics_);
    // What was due while nothing could be drawn is asked for no more.
    wlr_output_schedule_frame(&output_);
    return can_draw_;
}

bool Output::is_nested() const noexcept {
#if WLR_HAS_DRM_BACKEND
    if (wlr_output_is_drm(&output_))
        return false;
#endif
    return !wlr_output_is_headless(&output_);
}

void Output::draw() {
    graphics_.check_device();
    if (!graphics_.can_draw() || !can_draw_)
        return;
    if (!commit(scene_output_, graphics_.renderer()) && !compose()) {
        // wlroots asks for no other frame by itself.
        retry_.emplace(output_.event_loop, backoff_.next(Backoff::Clock::now()),
                       [this] { wlr_output_schedule_frame(&output_); });
        return;
    }
    retry_.reset();
    backoff_ = {};
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    wlr_scene_output_send_frame_done(&scene_output_, &now);
    on_drawn_();
}

/// Tests of what is scanned out may promise too much: on a second card they look at nothing
/// (drm_connector_prepare() in backend/drm/drm.c of 0.20.2).
bool Output::compose() {
    wlr_output_lock_attach_render(&output_, true);
    const bool done = commit(scene_output_, graphics_.renderer());
    wlr_output_lock_attach_render(&output_, false);
    return done;
}

} // namespace tarmac::compositor
