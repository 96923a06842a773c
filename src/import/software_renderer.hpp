#pragma once

#include <optional>
#include <tarmac/dmabuf.hpp>
#include <tarmac/format_set.hpp>

struct wlr_renderer;

namespace tarmac {

/// A renderer that draws on the CPU, by Mesa's llvmpipe or lavapipe: which of the dma-bufs that it
/// would import it dies of, or shows wrong. All of that can be mapped instead.
class SoftwareRenderer {
public:
    /// Nothing if `renderer` has a GPU, or isn't Mesa's.
    static std::optional<SoftwareRenderer> find(wlr_renderer* renderer);

    /// Those of `formats` whose pictures are as good as mapped ones, in any size.
    static FormatSet faithful(const FormatSet& formats);

    /// Errors: ImportFailed with what the rasterizer can't bear.
    Result<void> check(const Dmabuf& dmabuf) const;

private:
    SoftwareRenderer(Fd device, bool is_vulkan)
        : device_{std::move(device)}, is_vulkan_{is_vulkan} {}

    bool can_write(const Plane& plane) const;

    Fd device_; ///< an open file that nobody else has, of the DRM device that shares the memory
    bool is_vulkan_;
};

} // namespace tarmac
