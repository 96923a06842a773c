#pragma once

#include <memory>
#include <tarmac/error.hpp>

#include "import/decision.hpp"
#include "import/mapped_pixels.hpp"

namespace tarmac {

/// Maps `dmabuf` for a renderer to read. Errors: those of decide_reading(), and ImportFailed if the
/// memory doesn't let itself be mapped.
Result<std::unique_ptr<MappedPixels>> map_pixels(std::shared_ptr<const Dmabuf> dmabuf,
                                                 const RendererFacts& facts);

} // namespace tarmac
