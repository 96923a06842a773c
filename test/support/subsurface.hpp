#pragma once

#include <utility>

#include "support/client_surface.hpp"

namespace test {

/// A surface that is part of another one, synchronized with it at first.
class Subsurface {
public:
    explicit Subsurface(ClientSurface& parent) : surface{parent.shell(), parent.client()} {
        auto* factory = static_cast<wl_subcompositor*>(
            parent.client().bind_global(&wl_subcompositor_interface, 1));
        object_ = wl_subcompositor_get_subsurface(factory, surface.get(), parent.get());
        wl_subcompositor_destroy(factory);
    }
    ~Subsurface() { destroy(); }
    Subsurface(const Subsurface&) = delete;
    Subsurface& operator=(const Subsurface&) = delete;

    wl_subsurface* get() const { return object_; }
    void destroy() {
        if (object_)
            wl_subsurface_destroy(std::exchange(object_, nullptr));
    }

    ClientSurface surface;

private:
    wl_subsurface* object_;
};

} // namespace test
