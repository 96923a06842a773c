#pragma once

#include <cstdint>
#include <span>
#include <vector>

struct wlr_renderer;

namespace tarmac {

/// Those of `fourccs` that `renderer` shows in other colours than YUV has by ColorState::of(), by
/// drawing a small linear picture of each. What can't be tried isn't among them: formats without a
/// sample here, and all where `renderer` doesn't import or draw to memory of this process. On the
/// thread of its GPU context.
std::vector<std::uint32_t> find_miscolored(wlr_renderer* renderer,
                                           std::span<const std::uint32_t> fourccs);

} // namespace tarmac
