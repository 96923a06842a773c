#include <algorithm>
#include <span>
#include <tarmac/format_set.hpp>
#include <tarmac/pixel_format.hpp>

#include "wlr/wlr.hpp"

namespace tarmac {

FormatSet to_format_set(const wlr_drm_format_set& set) {
    FormatSet formats;
    for (const wlr_drm_format& format : std::span{set.formats, set.len}) {
        const PixelFormat* known = find_pixel_format(format.format);
        if (!known)
            continue;
        for (const std::uint64_t modifier : std::span{format.modifiers, format.len}) {
            // Drivers list them for formats whose layout is a compressing modifier's alone.
            const bool is_plain =
                modifier == DRM_FORMAT_MOD_LINEAR || modifier == DRM_FORMAT_MOD_INVALID;
            if (known->has_linear_layout() || !is_plain)
                formats.add({format.format, modifier});
        }
    }
    return formats;
}

bool add_formats(wlr_drm_format_set& set, const FormatSet& formats) {
    return std::ranges::all_of(formats, [&set](const FormatModifier& pair) {
        return wlr_drm_format_set_add(&set, pair.fourcc, pair.modifier);
    });
}

} // namespace tarmac
