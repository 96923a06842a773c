#include "compositor/window/decoration.hpp"

namespace tarmac::compositor {

Decoration::Decoration(wlr_xdg_toplevel_decoration_v1& decoration, std::function<void()> on_gone)
    : decoration_{decoration} {
    request_mode_.connect(decoration.events.request_mode, [this] { announce(); });
    destroy_.connect(decoration.events.destroy, std::move(on_gone));
}

void Decoration::announce() {
    // wlroots aborts on a configure before the first commit.
    if (decoration_.toplevel->base->initialized) {
        wlr_xdg_toplevel_decoration_v1_set_mode(&decoration_,
                                                WLR_XDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
    }
}

bool Decoration::is_in_effect() const noexcept {
    return decoration_.current.mode == WLR_XDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE;
}

} // namespace tarmac::compositor
