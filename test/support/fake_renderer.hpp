#pragma once

#include <tarmac/format_set.hpp>
#include <vector>

#include "wlr/wlr.hpp"

namespace test {

/// A wlr_renderer that lists what it is told to, and takes every dma-buf without drawing any: for
/// layouts that no driver on the machine has.
class FakeRenderer {
public:
    explicit FakeRenderer(const tarmac::FormatSet& formats);
    ~FakeRenderer() { wlr_renderer_destroy(&plain_.renderer); }
    FakeRenderer(const FakeRenderer&) = delete;
    FakeRenderer& operator=(const FakeRenderer&) = delete;

    wlr_renderer* get() { return &plain_.renderer; }
    /// What was imported, in that order. Descriptors are only valid while the buffers live.
    const std::vector<wlr_dmabuf_attributes>& imported() const { return imported_; }

private:
    // Plain, so that the way back from the wlr_renderer is well defined.
    struct Plain {
        wlr_renderer renderer;
        FakeRenderer* self;
    };

    Plain plain_{};
    wlr_drm_format_set formats_{};
    std::vector<wlr_dmabuf_attributes> imported_;
};

} // namespace test
