#pragma once

#include <memory>
#include <tarmac/error.hpp>

#include "import/mapped_pixels.hpp"

struct wlr_renderer;

namespace tarmac {

/// Whether `renderer` reads linear memory of that format as it is.
bool reads(wlr_renderer* renderer, const PixelFormat& format);

/// Maps `dmabuf`, whose layout must be linear, for `renderer` to read. Errors: ImportFailed if the
/// memory or the place of the samples in it doesn't allow that, or the picture is too large.
Result<std::unique_ptr<MappedPixels>> map_pixels(std::shared_ptr<const Dmabuf> dmabuf,
                                                 wlr_renderer* renderer);

} // namespace tarmac
