#include <list>
#include <tarmac/capture_guard.hpp>

#include "import/dmabuf_buffer.hpp"
#include "ready/fence_watch.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

bool is_busy(wlr_buffer* target) {
    const DmabufBuffer* buffer = DmabufBuffer::from(target);
    return buffer && !FenceWatch::is_idle(*buffer->image(), FenceWatch::Access::Write);
}

} // namespace

class CaptureGuard::State {
public:
    State(wlr_screencopy_manager_v1* screencopy,
          wlr_ext_image_copy_capture_manager_v1* image_copy_capture)
        : screencopy_{screencopy} {
        if (screencopy)
            screencopy_destroyed_.connect(screencopy->events.destroy, [this] {
                screencopy_destroyed_.disconnect();
                screencopy_ = nullptr;
            });
        if (image_copy_capture)
            new_session_.connect<wlr_ext_image_copy_capture_session_v1>(
                image_copy_capture->events.new_session,
                [this](wlr_ext_image_copy_capture_session_v1* session) { add(*session); });
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void follow(wlr_output& output) {
        const auto followed = outputs_.emplace(outputs_.end());
        followed->committed.connect<wlr_output_event_precommit>(
            output.events.precommit, [this, &output](const wlr_output_event_precommit* event) {
                if (screencopy_ && (event->state->committed & WLR_OUTPUT_STATE_BUFFER))
                    fail_busy_frames(output);
            });
        followed->destroyed.connect(output.events.destroy,
                                    [this, followed] { outputs_.erase(followed); });
    }

private:
    struct Followed {
        Listener committed, destroyed;
    };

    void fail_busy_frames(const wlr_output& output) {
        wlr_screencopy_frame_v1* frame;
        wl_list_for_each(frame, &screencopy_->frames, link) {
            // wlroots has a capture fail that lies outside of the picture.
            if (frame->output == &output && is_busy(frame->buffer))
                frame->box.x = -1;
        }
    }

    void add(wlr_ext_image_copy_capture_session_v1& session) {
        const auto followed = sessions_.emplace(sessions_.end());
        wl_listener* listener = followed->committed.prepare([&session] {
            wlr_ext_image_copy_capture_frame_v1* frame = session.frame;
            if (frame && frame->capturing && is_busy(frame->buffer))
                wlr_ext_image_copy_capture_frame_v1_fail(
                    frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_UNKNOWN);
        });
        // Before wlroots' own, which copies.
        wl_list_insert(&session.source->events.frame.listener_list, &listener->link);
        followed->destroyed.connect(session.events.destroy,
                                    [this, followed] { sessions_.erase(followed); });
    }

    wlr_screencopy_manager_v1* screencopy_;
    Listener screencopy_destroyed_, new_session_;
    std::list<Followed> outputs_, sessions_;
};

CaptureGuard::CaptureGuard(wlr_screencopy_manager_v1* screencopy,
                           wlr_ext_image_copy_capture_manager_v1* image_copy_capture)
    : state_{std::make_unique<State>(screencopy, image_copy_capture)} {}

CaptureGuard::CaptureGuard(CaptureGuard&&) noexcept = default;
CaptureGuard& CaptureGuard::operator=(CaptureGuard&&) noexcept = default;
CaptureGuard::~CaptureGuard() = default;

void CaptureGuard::follow(wlr_output& output) {
    state_->follow(output);
}

} // namespace tarmac
