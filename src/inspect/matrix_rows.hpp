#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// A format in one layout, with what becomes of it with each renderer that was asked for; nullptr
/// where one doesn't know it.
struct Row {
    std::uint32_t fourcc;
    std::vector<const Outcome*> outcomes;
};

/// The renderers that drew, in the order of the report.
std::vector<const Renderer*> started_renderers(const Report& report);

/// All formats that any of `renderers` knows with `modifier`, in the order in which they were
/// tried.
std::vector<Row> rows_of(const std::vector<const Renderer*>& renderers, std::uint64_t modifier);
/// Modifiers of which no picture could be made, so that only what is decided on them is known.
std::vector<std::uint64_t> undrawn_modifiers(const std::vector<const Renderer*>& renderers);

/// The DRM name without its prefix, XRGB8888, or a longer one's fourcc.
std::string short_name(std::uint32_t fourcc);
/// Of all channels.
int largest_difference(const Outcome& outcome);
/// Whether that is more than conversions and drivers may be off, in YUV; see doc/formats.md.
bool is_off(const Outcome& outcome);

} // namespace tarmac::inspect
