#pragma once

#include <memory>

struct wlr_compositor;

namespace tarmac {

/// Follows the surfaces of a wlr_compositor that are made from now on, and tells our buffers what
/// a commit says of them: what they follow, where they differ from it, and what their numbers mean
/// (wp_color_representation_v1). Buffers whose colours the renderer can't draw are read instead.
class Surfaces {
public:
    explicit Surfaces(wlr_compositor& compositor);
    ~Surfaces();
    Surfaces(const Surfaces&) = delete;
    Surfaces& operator=(const Surfaces&) = delete;

    /// Gives every surface a texture of the compositor's renderer, where it shows something that
    /// can still be read: for after the loss of the renderer that made the ones before.
    void import_again();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
