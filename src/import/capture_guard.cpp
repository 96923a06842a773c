#include <list>
#include <tarmac/capture_guard.hpp>
#include <utility>

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
        if (image_copy_capture) {
            new_session_.connect<wlr_ext_image_copy_capture_session_v1>(
                image_copy_capture->events.new_session,
                [this](wlr_ext_image_copy_capture_session_v1* session) { add(*session); });
            // wlroots ends the process where somebody still listens when the display goes.
            wl_listener* before_it = display_destroyed_.prepare([this] {
                display_destroyed_.disconnect();
                new_session_.disconnect();
            });
            wl_list_insert(image_copy_capture->WLR_PRIVATE.display_destroy.link.prev,
                           &before_it->link);
        }
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

    /// wlroots' own come after it, those that it connects later too.
    template <class Event>
    static void connect_first(Listener& listener, wl_signal& signal,
                              std::function<void(Event*)> function) {
        listener.connect(signal, std::move(function));
        wl_list* connected = signal.listener_list.prev;
        wl_list_remove(connected);
        wl_list_insert(&signal.listener_list, connected);
    }

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

    void add(wlr_ext_image_copy_capture_session_v1& session) {
        std::list<Followed> added(1);
        const auto followed = added.begin();
        using Event = wlr_ext_image_capture_source_v1_frame_event;
        connect_first<Event>(
            followed->drawing, session.source->events.frame, [&session](const Event* event) {
                wlr_ext_image_copy_capture_frame_v1* frame = session.frame;
                const bool is_drawn = frame && frame->capturing &&
                                      (!pixman_region32_empty(&session.WLR_PRIVATE.damage) ||
                                       !pixman_region32_empty(event->damage));
                if (is_drawn && is_busy(frame->buffer))
                    wlr_ext_image_copy_capture_frame_v1_fail(
                        frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_UNKNOWN);
            });
        followed->destroyed.connect(session.events.destroy,
                                    [this, followed] { sessions_.erase(followed); });
        sessions_.splice(sessions_.end(), added);
    }

    wlr_screencopy_manager_v1* screencopy_;
    Listener screencopy_destroyed_, display_destroyed_, new_session_;
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
