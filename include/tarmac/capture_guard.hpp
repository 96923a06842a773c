#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>

struct wlr_ext_image_copy_capture_manager_v1;
struct wlr_output;
struct wlr_screencopy_manager_v1;

namespace tarmac {

/// Has captures fail whose buffer, one of LinuxDmabuf's, is still used by somebody: its fences are
/// pending. wlroots has them drawn by the renderer on the event loop, which would wait for those
/// fences itself, or have all that is drawn later wait on the GPU. Other buffers aren't looked at,
/// and with pixman those of LinuxDmabuf's are without this class, too.
///
/// As good as it can be: a client may attach a fence between the look and the drawing.
///
/// For wlr-screencopy and ext-image-copy-capture. Rule: zwlr_screencopy_frame_v1.failed and
/// ext_image_copy_capture_frame_v1.failed with the reason `unknown`, after which clients may try
/// again. wlroots 0.20.2 draws a window that is captured (a scene's node) only when it has changed,
/// so the next try, as any after a failure, is answered with the window's next picture. Everything
/// on the thread of the event loop.
///
/// Relies on how wlroots 0.20.2 does it: its listeners of wlr_output.events.commit and
/// wlr_ext_image_capture_source_v1.events.frame draw, in the order in which they were added, and a
/// wlr_screencopy_frame_v1 whose box lies outside of the output fails. wlroots 0.19 tells nobody of
/// captures by ext-image-copy-capture: there those aren't guarded.
class TARMAC_EXPORT CaptureGuard {
public:
    /// Either may be nullptr, and go first. To be made before clients can use them. Captures that
    /// go on when this goes aren't guarded any more.
    CaptureGuard(wlr_screencopy_manager_v1* screencopy,
                 wlr_ext_image_copy_capture_manager_v1* image_copy_capture);
    CaptureGuard(CaptureGuard&&) noexcept;
    CaptureGuard& operator=(CaptureGuard&&) noexcept;
    ~CaptureGuard();

    /// Guards captures of `output` by wlr-screencopy, until it is destroyed. To be called once for
    /// each output, before clients can capture it. ext-image-copy-capture needs no such call.
    void follow(wlr_output& output);

private:
    class TARMAC_LOCAL State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
