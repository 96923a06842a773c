#pragma once

#include <gbm.h>
#include <memory>
#include <tarmac/buffer.hpp>
#include <tarmac/dmabuf.hpp>

#include "wlr/wlr.hpp"

namespace tarmac {

/// A GLES2 renderer of our own on somebody's device, to see what its driver does with an image. It
/// has an opening of the device's node to itself, which is what drivers tell contexts apart by.
class TrialContext {
public:
    /// nullptr if it can't be had, or can't tell what it has drawn.
    static std::unique_ptr<TrialContext> create(int drm_fd);

    /// Draws a pixel of `image`, as compositors do, and doesn't wait; after that nothing else until
    /// let_go(). False if it can't.
    bool draw(std::shared_ptr<const Dmabuf> image);
    /// What is drawn to: its fences tell when that is done.
    const Dmabuf& target() const noexcept { return *target_image_; }
    void finish();
    /// Whether it was drawn, once target() is idle. Doesn't wait.
    bool has_drawn();
    void let_go();

private:
    TrialContext() = default;
    bool make_renderer();
    bool make_target();

    template <auto Destroy>
    struct Destroyer {
        template <class T>
        void operator()(T* object) const noexcept {
            Destroy(object);
        }
    };
    struct EndDisplay {
        void operator()(void* display) const noexcept;
    };

    Fd node_;
    std::unique_ptr<gbm_device, Destroyer<gbm_device_destroy>> gbm_;
    std::unique_ptr<void, EndDisplay> display_;
    std::unique_ptr<wlr_renderer, Destroyer<wlr_renderer_destroy>> renderer_;
    std::shared_ptr<const Dmabuf> target_image_;
    BufferPtr target_, drawn_;
    std::unique_ptr<wlr_texture, Destroyer<wlr_texture_destroy>> texture_;
    unsigned query_ = 0;
};

} // namespace tarmac
