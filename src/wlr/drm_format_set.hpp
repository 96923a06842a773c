#pragma once

#include <tarmac/format_set.hpp>

struct wlr_drm_format_set;

namespace tarmac {

/// What of `set` this library knows and can make sense of; the rest it would refuse.
FormatSet to_format_set(const wlr_drm_format_set& set);

} // namespace tarmac
