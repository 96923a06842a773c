#include "wlr/capture_sessions.hpp"

#include <list>

#include "wlr/connect_first.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

#if TARMAC_WLROOTS_SINCE(20)

class CaptureSessions::State {
public:
    State(wlr_ext_image_copy_capture_manager_v1& manager, IsBusy is_busy) : is_busy_{is_busy} {
        new_session_.connect<wlr_ext_image_copy_capture_session_v1>(
            manager.events.new_session,
            [this](wlr_ext_image_copy_capture_session_v1* session) { add(*session); });
        // wlroots ends the process where somebody still listens when the display goes.
        wl_listener* before_it = display_destroyed_.prepare([this] {
            display_destroyed_.disconnect();
            new_session_.disconnect();
        });
        wl_list_insert(manager.WLR_PRIVATE.display_destroy.link.prev, &before_it->link);
    }

private:
    struct Followed {
        Listener drawing; ///< by wlroots' listener of the same signal
        Listener destroyed;
    };

    void add(wlr_ext_image_copy_capture_session_v1& session) {
        std::list<Followed> added(1);
        const auto followed = added.begin();
        using Event = wlr_ext_image_capture_source_v1_frame_event;
        connect_first<Event>(
            followed->drawing, session.source->events.frame, [this, &session](const Event* event) {
                wlr_ext_image_copy_capture_frame_v1* frame = session.frame;
                const bool is_drawn = frame && frame->capturing &&
                                      (!pixman_region32_empty(&session.WLR_PRIVATE.damage) ||
                                       !pixman_region32_empty(event->damage));
                if (is_drawn && is_busy_(frame->buffer))
                    wlr_ext_image_copy_capture_frame_v1_fail(
                        frame, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_UNKNOWN);
            });
        followed->destroyed.connect(session.events.destroy,
                                    [this, followed] { sessions_.erase(followed); });
        sessions_.splice(sessions_.end(), added);
    }

    IsBusy is_busy_;
    Listener display_destroyed_, new_session_;
    std::list<Followed> sessions_;
};

CaptureSessions::CaptureSessions(wlr_ext_image_copy_capture_manager_v1& manager, IsBusy is_busy)
    : state_{std::make_unique<State>(manager, is_busy)} {}

#else

class CaptureSessions::State {};

CaptureSessions::CaptureSessions(wlr_ext_image_copy_capture_manager_v1&, IsBusy) {}

#endif

CaptureSessions::~CaptureSessions() = default;

} // namespace tarmac
