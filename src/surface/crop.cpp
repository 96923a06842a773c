#include "surface/crop.hpp"

#include <algorithm>
#include <cmath>

namespace tarmac {

Rect pixels_in(const wlr_surface_state& state, const wlr_fbox& box) {
    int width = state.buffer_width, height = state.buffer_height;
    wlr_output_transform_coords(state.transform, &width, &height);
    wlr_fbox pixels{box.x * state.scale, box.y * state.scale, box.width * state.scale,
                    box.height * state.scale};
    wlr_fbox_transform(&pixels, &pixels, wlr_output_transform_invert(state.transform), width,
                       height);
    const auto clamp = [](double value, int most) {
        return static_cast<std::int32_t>(std::clamp(value, 0.0, static_cast<double>(most)));
    };
    const std::int32_t x = clamp(std::floor(pixels.x), state.buffer_width);
    const std::int32_t y = clamp(std::floor(pixels.y), state.buffer_height);
    return {x, y, clamp(std::ceil(pixels.x + pixels.width), state.buffer_width) - x,
            clamp(std::ceil(pixels.y + pixels.height), state.buffer_height) - y};
}

std::optional<Rect> crop_of(const wlr_surface_state& state) {
    if (!state.viewport.has_src)
        return std::nullopt;
    const Rect crop = pixels_in(state, state.viewport.src);
    const Rect whole{0, 0, state.buffer_width, state.buffer_height};
    return crop != whole ? std::optional{crop} : std::nullopt;
}

} // namespace tarmac
