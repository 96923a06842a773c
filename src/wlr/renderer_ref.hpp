#pragma once

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// A renderer for as long as it is there.
class RendererRef {
public:
    explicit RendererRef(wlr_renderer* renderer) : renderer_{renderer} {
        gone_.connect(renderer->events.destroy, [this] {
            gone_.disconnect();
            renderer_ = nullptr;
        });
    }

    /// nullptr once it is gone.
    wlr_renderer* get() const noexcept { return renderer_; }

private:
    wlr_renderer* renderer_;
    Listener gone_;
};

} // namespace tarmac
