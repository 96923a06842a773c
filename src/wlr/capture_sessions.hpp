#pragma once

#include <memory>

struct wlr_buffer;
struct wlr_ext_image_copy_capture_manager_v1;

namespace tarmac {

/// Has captures by ext-image-copy-capture fail that would be drawn into a buffer of which
/// `is_busy`. wlroots 0.19 tells nobody of its sessions: there it does nothing.
class CaptureSessions {
public:
    using IsBusy = bool (*)(wlr_buffer*);

    /// The manager may go first.
    CaptureSessions(wlr_ext_image_copy_capture_manager_v1& manager, IsBusy is_busy);
    CaptureSessions(const CaptureSessions&) = delete;
    CaptureSessions& operator=(const CaptureSessions&) = delete;
    ~CaptureSessions();

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
