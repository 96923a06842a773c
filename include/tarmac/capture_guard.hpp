#pragma once

#include <memory>

struct wlr_ext_image_copy_capture_manager_v1;
struct wlr_output;
struct wlr_screencopy_manager_v1;

namespace tarmac {

/// Has captures fail whose buffer, a dma-buf of a client, is still used by somebody: its fences are
/// pending. wlroots has them drawn by the renderer on the event loop, which would wait for those
/// fences itself, or have all that is drawn later wait on the GPU.
///
/// For wlr-screencopy and ext-image-copy-capture. Rule: zwlr_screencopy_frame_v1.failed and
/// ext_image_copy_capture_frame_v1.failed, after which clients may try again. Everything on the
/// thread of the event loop.
class CaptureGuard {
public:
    /// Either may be nullptr. To be made before clients can use them, and destroyed before the
    /// display. Captures that go on then aren't guarded any more.
    CaptureGuard(wlr_screencopy_manager_v1* screencopy,
                 wlr_ext_image_copy_capture_manager_v1* image_copy_capture);
    CaptureGuard(CaptureGuard&&) noexcept;
    CaptureGuard& operator=(CaptureGuard&&) noexcept;
    ~CaptureGuard();

    /// Guards captures of `output` by wlr-screencopy, until it is destroyed. ext-image-copy-capture
    /// needs no such call.
    void follow(wlr_output& output);

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
