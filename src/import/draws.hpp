#pragma once

#include "import/mapped_pixels.hpp"

struct wlr_renderer;

namespace tarmac {

/// Whether `renderer` shows an imported `image` right whose numbers mean that.
bool draws(const wlr_renderer& renderer, const Dmabuf& image, const Colors& colors) noexcept;

} // namespace tarmac
