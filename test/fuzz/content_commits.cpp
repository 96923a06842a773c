// What a painter says of pictures.

#include <algorithm>
#include <drm_fourcc.h>
#include <wayland-client-protocol.h>

#include "color-representation-v1-client-protocol.h"
#include "fuzz/content_painter.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "viewporter-client-protocol.h"

namespace fuzz {

namespace {

constexpr std::uint32_t Unset = 0xffffffff, UnsetFixed = 0xffffff00;

std::uint32_t fixed(unsigned number) {
    return number << 8;
}

} // namespace

void Painter::destroy_buffer(Canvas& canvas) {
    if (canvas.owner != this)
        return;
    client_.write(canvas.buffer, WL_BUFFER_DESTROY, {});
    client_.forget(canvas.buffer);
    canvas.owner = nullptr;
    canvas.buffer = 0;
}

void Painter::make_buffer(Canvas& canvas) {
    const Layout& layout = *canvas.layout();
    const std::uint32_t params = client_.write(
        client_.find(zwp_linux_dmabuf_v1_interface), ZWP_LINUX_DMABUF_V1_CREATE_PARAMS,
        {NewObject{&zwp_linux_buffer_params_v1_interface, 5}});
    for (unsigned i = 0; i < layout.n_planes(); ++i)
        client_.write(params, ZWP_LINUX_BUFFER_PARAMS_V1_ADD,
                      {PassedFd{canvas.fd()}, i, layout.offset_of(i), layout.stride(), 0u,
                       static_cast<std::uint32_t>(DRM_FORMAT_MOD_LINEAR)});
    canvas.buffer = client_.write(
        params, ZWP_LINUX_BUFFER_PARAMS_V1_CREATE_IMMED,
        {NewObject{&wl_buffer_interface, 1}, layout.width, layout.height, layout.fourcc,
         layout.is_y_inverted ? std::uint32_t{ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT} : 0u});
    client_.write(params, ZWP_LINUX_BUFFER_PARAMS_V1_DESTROY, {});
    client_.forget(params);
    canvas.owner = this;
}

void Painter::change_geometry(Shown& shown, test::FuzzInput& input) {
    const auto how = input.number<std::uint8_t>();
    Geometry& geometry = shown.geometry;
    if (how & 1)
        geometry.transform = input.below(8);
    if (how & 2)
        geometry.scale = 1 + input.below(2);
    if (how & 4) {
        const unsigned x = input.below(Cells + 1), y = input.below(Cells);
        // As often all of it
        geometry.crop.reset();
        if (x < Cells)
            geometry.crop = {x, y, 1 + input.below(Cells - x), 1 + input.below(Cells - y)};
    }
    if (how & 8) {
        constexpr unsigned Sizes[] = {8, 12, 16, 24, 32};
        geometry.size.reset();
        if (how & 16)
            geometry.size = {input.pick(Sizes), input.pick(Sizes)};
    }
}

void Painter::send_geometry(Surface& surface, const Shown& shown) {
    const Geometry& geometry = shown.geometry;
    if (geometry.transform != surface.sent.transform)
        client_.write(surface.id, WL_SURFACE_SET_BUFFER_TRANSFORM, {geometry.transform});
    if (geometry.scale != surface.sent.scale)
        client_.write(surface.id, WL_SURFACE_SET_BUFFER_SCALE, {geometry.scale});
    if (geometry.size != surface.sent.size) {
        const auto [width, height] = geometry.size.value_or(std::array{Unset, Unset});
        client_.write(surface.viewport, WP_VIEWPORT_SET_DESTINATION, {width, height});
    }
    if (geometry.crop) {
        const auto [width, height] = shown.whole_size();
        const auto [x, y, across, down] = *geometry.crop;
        const unsigned cell_width = width / Cells, cell_height = height / Cells;
        client_.write(surface.viewport, WP_VIEWPORT_SET_SOURCE,
                      {fixed(x * cell_width), fixed(y * cell_height), fixed(across * cell_width),
                       fixed(down * cell_height)});
    } else if (surface.sent.crop) {
        client_.write(surface.viewport, WP_VIEWPORT_SET_SOURCE,
                      {UnsetFixed, UnsetFixed, UnsetFixed, UnsetFixed});
    }
    surface.sent = geometry;
}

void Painter::change_colors(Surface& surface, Shown& shown, test::FuzzInput& input) {
    const auto how = input.number<std::uint8_t>();
    if (surface.colors == 0)
        return;
    shown.told.is_straight = how & 1;
    client_.write(
        surface.colors, WP_COLOR_REPRESENTATION_SURFACE_V1_SET_ALPHA_MODE,
        {how & 1 ? std::uint32_t{WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_STRAIGHT}
                 : std::uint32_t{
                       WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_PREMULTIPLIED_ELECTRICAL}});
    if (!shown.layout->is_yuv())
        return;
    shown.told.encoding = how / 2 % static_cast<unsigned>(all_encodings().size());
    surface.is_told_yuv = true;
}

/// What was said of YUV isn't true of RGB, and an error; nor the other way round.
void Painter::tell_encoding(Surface& surface, const Shown& shown) {
    if (!surface.is_told_yuv)
        return;
    constexpr Encoding Rgb{WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY,
                           WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL, 0, 0, false};
    const Encoding& encoding = shown.layout->is_yuv() ? all_encodings()[shown.told.encoding] : Rgb;
    client_.write(surface.colors, WP_COLOR_REPRESENTATION_SURFACE_V1_SET_COEFFICIENTS_AND_RANGE,
                  {encoding.coefficients, encoding.range});
}

void Painter::send_damage(Surface& surface, const Shown& shown, std::uint8_t how) {
    const Shown& before = surface.part->latest;
    const Layout& layout = *shown.layout;
    const bool is_like_before = before.layout && before.layout->fourcc == layout.fourcc &&
                                before.layout->width == layout.width;
    if (!is_like_before || how < 0x20) {
        client_.write(surface.id, WL_SURFACE_DAMAGE_BUFFER, {0u, 0u, 0x7fffffffu, 0x7fffffffu});
        return;
    }
    // The same where nothing is changed on the way.
    const bool is_of_surface =
        how & 1 && shown.geometry == Geometry{} && before.geometry == Geometry{};
    const unsigned width = layout.width / Cells, height = layout.height / Cells;
    for (unsigned cell = 0; cell < Cells * Cells; ++cell) {
        if (shown.frame[cell] != before.frame[cell])
            client_.write(surface.id, is_of_surface ? WL_SURFACE_DAMAGE : WL_SURFACE_DAMAGE_BUFFER,
                          {cell % Cells * width, cell / Cells * height, width, height});
    }
}

void Painter::attach(Surface& surface, Canvas& canvas, const Shown& shown, std::uint8_t damage) {
    tell_encoding(surface, shown);
    send_geometry(surface, shown);
    client_.write(surface.id, WL_SURFACE_ATTACH, {canvas.buffer, 0u, 0u});
    send_damage(surface, shown, damage);
    if (surface.sync != 0)
        set_points(surface, canvas);
    client_.write(surface.id, WL_SURFACE_COMMIT, {});
    canvas.is_held = true;
    surface.tree->commit(*surface.part, shown, canvas.drawn());
}

void Painter::set_points(const Surface& surface, Canvas& canvas) {
    const auto set = [&](unsigned opcode, const Timeline& timeline, std::uint64_t point) {
        client_.write(surface.sync, opcode,
                      {find(timeline), static_cast<std::uint32_t>(point >> 32),
                       static_cast<std::uint32_t>(point)});
    };
    set(WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_SET_ACQUIRE_POINT, canvas.acquire(),
        canvas.acquire_point());
    set(WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_SET_RELEASE_POINT, canvas.release(),
        canvas.next_release_point());
}

std::uint32_t Painter::find(const Timeline& timeline) {
    std::uint32_t& id = timelines_[&timeline];
    if (id == 0)
        id = client_.write(
            client_.find(wp_linux_drm_syncobj_manager_v1_interface),
            WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_IMPORT_TIMELINE,
            {NewObject{&wp_linux_drm_syncobj_timeline_v1_interface, 1}, PassedFd{timeline.fd()}});
    return id;
}

void Painter::commit_picture(test::FuzzInput& input) {
    Surface* surface = choose(input);
    const auto how = input.number<std::uint8_t>();
    // The first few, so that what was released is soon drawn in again.
    const unsigned first = input.below(NCanvases / 3);
    const auto canvas =
        std::ranges::find_if(canvases().begin() + first, canvases().end(), &Canvas::is_free);
    if (!surface || canvas == canvases().end())
        return;
    const Layout& layout = input.pick(all_layouts());
    Shown shown = surface->part->latest;
    const auto changed = input.number<std::uint16_t>();
    const unsigned by = 1 + input.below(NColors - 1);
    for (unsigned cell = 0; cell < Cells * Cells; ++cell) {
        if (changed >> cell & 1)
            shown.frame[cell] = static_cast<std::uint8_t>((shown.frame[cell] + by) % NColors);
    }
    shown.layout = &layout;
    if (canvas->owner && (canvas->owner != this || canvas->layout() != &layout || how & 0x40))
        canvas->owner->destroy_buffer(*canvas);
    if (how & 3)
        canvas->draw(layout, shown.frame);
    else
        canvas->draw_later(layout, shown.frame,
                           knows_points_ ? Canvas::Sync::Point : Canvas::Sync::Fence);
    if (!canvas->owner)
        make_buffer(*canvas);
    if (how & 4)
        change_geometry(shown, input);
    if (how & 8)
        change_colors(*surface, shown, input);
    else if (layout.is_yuv() && surface->is_told_yuv)
        // RGB may have come between.
        client_.write(surface->colors,
                      WP_COLOR_REPRESENTATION_SURFACE_V1_SET_COEFFICIENTS_AND_RANGE,
                      {all_encodings()[shown.told.encoding].coefficients,
                       all_encodings()[shown.told.encoding].range});
    attach(*surface, *canvas, shown, input.number<std::uint8_t>());
}

void Painter::commit_again(test::FuzzInput& input) {
    Surface* surface = choose(input);
    Canvas& canvas = canvases()[input.below(NCanvases)];
    const auto damage = input.number<std::uint8_t>();
    if (!surface || canvas.owner != this)
        return;
    canvas.is_frozen = true;
    Shown shown = surface->part->latest;
    shown.frame = canvas.frame();
    shown.layout = canvas.layout();
    attach(*surface, canvas, shown, damage);
}

void Painter::commit_otherwise(test::FuzzInput& input) {
    Surface* surface = choose(input);
    if (!surface)
        return;
    Shown shown = surface->part->latest;
    if (shown.layout) {
        const auto how = input.number<std::uint8_t>();
        if (how & 1)
            change_geometry(shown, input);
        if (how & 2)
            change_colors(*surface, shown, input);
        tell_encoding(*surface, shown);
        send_geometry(*surface, shown);
    }
    client_.write(surface->id, WL_SURFACE_COMMIT, {});
    surface->tree->commit(*surface->part, shown, nullptr);
}

void Painter::commit_nothing(test::FuzzInput& input) {
    Surface* surface = choose(input);
    if (!surface || !surface->tree->commit_nothing(*surface->part))
        return;
    client_.write(surface->id, WL_SURFACE_ATTACH, {0u, 0u, 0u});
    client_.write(surface->id, WL_SURFACE_COMMIT, {});
}

} // namespace fuzz
