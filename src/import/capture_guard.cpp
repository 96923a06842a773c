#include <list>
#include <optional>
#include <tarmac/capture_guard.hpp>
#include <utility>

#include "import/dmabuf_buffer.hpp"
#include "ready/fence_watch.hpp"
#include "wlr/capture_sessions.hpp"
#include "wlr/connect_first.hpp"
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
            sessions_.emplace(*image_copy_capture, &is_busy);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void follow(wlr_output& output) {
        std::list<Followed> added(1);
        const auto followed = added.begin();
        connect_first<wlr_output_event_commit>(
            followed->drawing, output.events.commit,
            [this, followed, &output](const wlr_output_event_commit* event) {
                followed->marks.clear();
                if (screencopy_ && (event->state->committed & WLR_OUTPUT_STATE_BUFFER))
                    fail_busy_frames(output, followed->marks);
            });
        followed->destroyed.connect(output.events.destroy,
                                    [this, followed] { outputs_.erase(followed); });
        outputs_.splice(outputs_.end(), added);
    }

private:
    struct Followed {
        Listener drawing; ///< of captures, by wlroots' listeners of the same signal
        Listener destroyed;
        std::list<Listener> marks{}; ///< to be taken off frames that wlroots didn't draw
    };

    void fail_busy_frames(const wlr_output& output, std::list<Listener>& marks) {
        wlr_screencopy_frame_v1* frame;
        wl_list_for_each(frame, &screencopy_->frames, link) {
            if (frame->output != &output || !is_busy(frame->buffer))
                continue;
            // wlroots has a capture fail that lies outside of the picture. One that waits for
            // damage isn't looked at, and goes on.
            const int x = std::exchange(frame->box.x, -1);
            wl_listener* drawn = marks.emplace_back().prepare([this, frame, x] {
                if (screencopy_ && is_there(frame))
                    frame->box.x = x;
            });
            wl_list_insert(&frame->WLR_PRIVATE.output_commit.link, &drawn->link);
        }
    }

    bool is_there(const wlr_screencopy_frame_v1* sought) const {
        const wlr_screencopy_frame_v1* frame;
        wl_list_for_each(frame, &screencopy_->frames, link) {
            if (frame == sought)
                return true;
        }
        return false;
    }

    wlr_screencopy_manager_v1* screencopy_;
    Listener screencopy_destroyed_;
    std::optional<CaptureSessions> sessions_;
    std::list<Followed> outputs_;
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
