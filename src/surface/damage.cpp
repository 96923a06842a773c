#include "surface/damage.hpp"

#include <cmath>

#include "surface/crop.hpp"

namespace tarmac {

namespace {

std::span<const pixman_box32_t> boxes_of(const pixman_region32_t& region) {
    int count = 0;
    const pixman_box32_t* boxes = pixman_region32_rectangles(&region, &count);
    return {boxes, static_cast<std::size_t>(count)};
}

/// From coordinates of the surface to those of the viewport's source.
wlr_fbox to_source(const wlr_surface_state& state, const pixman_box32_t& box) {
    int width = state.buffer_width, height = state.buffer_height;
    wlr_output_transform_coords(state.transform, &width, &height);
    const auto& viewport = state.viewport;
    const double source_width = viewport.has_src ? viewport.src.width : width / state.scale;
    const double source_height = viewport.has_src ? viewport.src.height : height / state.scale;
    wlr_fbox result{double(box.x1), double(box.y1), double(box.x2 - box.x1),
                    double(box.y2 - box.y1)};
    if (viewport.has_dst) {
        const double x = source_width / viewport.dst_width;
        const double y = source_height / viewport.dst_height;
        result = {result.x * x, result.y * y, result.width * x, result.height * y};
    }
    if (viewport.has_src) {
        result.x += viewport.src.x;
        result.y += viewport.src.y;
    }
    return result;
}

} // namespace

Region buffer_damage_of(const wlr_surface_state& state) {
    Region damage;
    const Rect whole{0, 0, state.buffer_width, state.buffer_height};
    for (const pixman_box32_t& box : boxes_of(state.buffer_damage))
        damage.add({box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1});
    for (const pixman_box32_t& box : boxes_of(state.surface_damage)) {
        const Rect part = pixels_in(state, to_source(state, box));
        if (part.width > 0 && part.height > 0)
            damage.add(part);
    }
    damage.intersect(Region{whole}.get());
    return damage;
}

Region as_far_as_seen(const Region& damage, wlr_surface& surface) {
    wlr_fbox source;
    wlr_surface_get_buffer_source_box(&surface, &source);
    const auto is_whole = [](double value) { return std::floor(value) == value; };
    const bool is_exact = is_whole(source.x) && is_whole(source.y) && is_whole(source.width) &&
                          is_whole(source.height);
    if (is_exact)
        return damage;
    Region result;
    for (const pixman_box32_t& box : damage.boxes())
        result.add({box.x1 - 1, box.y1 - 1, box.x2 - box.x1 + 2, box.y2 - box.y1 + 2});
    result.intersect(
        Region{{0, 0, surface.current.buffer_width, surface.current.buffer_height}}.get());
    return result;
}

Region flipped(const Region& region, int height) {
    Region result;
    for (const pixman_box32_t& box : boxes_of(region.get()))
        result.add({box.x1, height - box.y2, box.x2 - box.x1, box.y2 - box.y1});
    return result;
}

} // namespace tarmac
