#pragma once

#include "support/client_surface.hpp"
#include "viewporter-client-protocol.h"

namespace test {

/// A client's viewport of a surface.
struct Viewport {
    explicit Viewport(ClientSurface& surface)
        : viewporter{static_cast<wp_viewporter*>(
              surface.client().bind_global(&wp_viewporter_interface, 1))}
        , object{wp_viewporter_get_viewport(viewporter, surface.get())} {}
    ~Viewport() {
        wp_viewport_destroy(object);
        wp_viewporter_destroy(viewporter);
    }
    Viewport(const Viewport&) = delete;
    Viewport& operator=(const Viewport&) = delete;

    void crop(double x, double y, double width, double height) const {
        wp_viewport_set_source(object, wl_fixed_from_double(x), wl_fixed_from_double(y),
                               wl_fixed_from_double(width), wl_fixed_from_double(height));
    }
    void scale(int width, int height) const { wp_viewport_set_destination(object, width, height); }

    wp_viewporter* viewporter;
    wp_viewport* object;
};

} // namespace test
