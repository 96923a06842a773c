#include "wlroots/drm_format_set.hpp"

#include <span>
#include <tarmac/pixel_format.hpp>

#include "wlroots/wlr.hpp"

namespace tarmac {

FormatSet to_format_set(const wlr_drm_format_set& set) {
    FormatSet formats;
    for (const wlr_drm_format& format : std::span{set.formats, set.len}) {
        if (!find_pixel_format(format.format))
            continue;
        for (const std::uint64_t modifier : std::span{format.modifiers, format.len})
            formats.add({format.format, modifier});
    }
    return formats;
}

} // namespace tarmac
