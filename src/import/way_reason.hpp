#pragma once

#include <string>
#include <tarmac/dmabuf.hpp>

#include "wlr/renderer_facts.hpp"

namespace tarmac {

/// Why an image that is read isn't imported by the renderer instead: a sentence, for who looks.
std::string reason_not_imported(const RendererFacts& facts, const Dmabuf& image);

} // namespace tarmac
