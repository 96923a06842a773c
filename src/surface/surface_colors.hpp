#pragma once

#include "import/mapped_pixels.hpp"

struct wlr_surface;

namespace tarmac {

/// What the numbers of `image` mean on `surface`: what the client said there through
/// wp_color_representation_v1, and where it said nothing, what is known of the image itself.
Colors colors_on(wlr_surface& surface, const Dmabuf& image);

} // namespace tarmac
