#pragma once

#include <memory>

struct wlr_compositor;

namespace tarmac {

/// Follows the surfaces of a wlr_compositor that are made from now on, each as a Surface does.
class Surfaces {
public:
    explicit Surfaces(wlr_compositor& compositor);
    ~Surfaces();
    Surfaces(const Surfaces&) = delete;
    Surfaces& operator=(const Surfaces&) = delete;

    /// Gives every surface a texture of the compositor's renderer, where it shows something that
    /// is still there: for after the loss of the renderer that made the ones before.
    void show_again();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
