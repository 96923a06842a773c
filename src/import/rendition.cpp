#include "import/rendition.hpp"

#include <algorithm>
#include <libyuv/planar_functions.h>
#include <linux/dma-buf.h>
#include <numeric>

#include "convert/conversion.hpp"

namespace tarmac {

namespace {

constexpr std::size_t RowAlignment = 256;
// What conversion takes at once, so that a band is what fits into a cache.
constexpr std::int32_t BandHeight = 32;
// No chroma sample is of more pixels: conversion doesn't write parts of one.
constexpr std::int32_t Grain = 4;

std::int32_t round_down(std::int32_t value) {
    return value / Grain * Grain;
}
std::int32_t round_up(std::int32_t value) {
    return (value + Grain - 1) / Grain * Grain;
}

Rect whole_of(Extent extent) {
    return {0, 0, static_cast<std::int32_t>(extent.width),
            static_cast<std::int32_t>(extent.height)};
}

/// From rows of the picture to rows in memory, and back.
Rect turn(Rect rect, const Rendition& rendition, std::int32_t height) {
    if (rendition.is_y_inverted)
        rect.y = height - rect.y - rect.height;
    return rect;
}

/// The first row of the picture is the first of them or, turned, the last.
struct Rows {
    std::uint8_t* first;
    std::ptrdiff_t step;
};

void convert(const Mapping& mapping, const Colors& colors, const Rect& from, const Rows& to) {
    const Dmabuf& image = mapping.dmabuf();
    Picture picture{.format = image.format(),
                    .extent = {image.width(), image.height()},
                    .planes = {},
                    .color = colors.state,
                    .is_premultiplied = colors.is_premultiplied};
    for (unsigned i = 0; i < image.planes().size(); ++i)
        picture.planes[i] = {mapping.plane(i), static_cast<int>(image.planes()[i].stride)};
    convert_to_argb(picture, from, to.first, static_cast<int>(to.step));
}

void copy(const Mapping& mapping, const Rect& from, const Rows& to) {
    const Dmabuf& image = mapping.dmabuf();
    const auto stride = static_cast<std::ptrdiff_t>(image.planes()[0].stride);
    const int pixel = image.format().planes[0].bytes_per_block;
    libyuv::CopyPlane(mapping.plane(0) + from.y * stride + from.x * pixel, static_cast<int>(stride),
                      to.first + from.y * to.step + from.x * pixel, static_cast<int>(to.step),
                      from.width * pixel, from.height);
}

/// Two pixels around the crop are enough: renderers mix what is less than one pixel away from where
/// they sample, and wlroots' pixman rounds the place and the size each for itself, so that it
/// samples up to a pixel beyond (render/pixman/pass.c of 0.20, render_pass_add_texture).
void repeat_edge(const Rendition& rendition, Extent extent, std::uint8_t* copy,
                 std::size_t stride) {
    const Rect whole = whole_of(extent);
    const Rect crop = clip(*rendition.crop, whole);
    if (crop.width == 0 || crop.height == 0)
        return;
    constexpr std::int32_t Margin = 2;
    const Rect outer =
        clip({crop.x - Margin, crop.y - Margin, crop.width + 2 * Margin, crop.height + 2 * Margin},
             whole);
    const auto pixel = std::size_t{find_pixel_format(rendition.fourcc)->planes[0].bytes_per_block};
    const auto at = [&](std::int32_t x, std::int32_t y) {
        return copy + static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) * pixel;
    };
    const std::int32_t right = crop.x + crop.width, bottom = crop.y + crop.height;
    for (std::int32_t y = crop.y; y < bottom; ++y) {
        for (std::int32_t x = outer.x; x < crop.x; ++x)
            std::copy_n(at(crop.x, y), pixel, at(x, y));
        for (std::int32_t x = right; x < outer.x + outer.width; ++x)
            std::copy_n(at(right - 1, y), pixel, at(x, y));
    }
    const std::size_t row = static_cast<std::size_t>(outer.width) * pixel;
    for (std::int32_t y = outer.y; y < crop.y; ++y)
        std::copy_n(at(outer.x, crop.y), row, at(outer.x, y));
    for (std::int32_t y = bottom; y < outer.y + outer.height; ++y)
        std::copy_n(at(outer.x, bottom - 1), row, at(outer.x, y));
}

} // namespace

Rendition rendition_of(const RendererFacts& facts, const Dmabuf& image, const Colors& colors,
                       const std::optional<Rect>& crop) {
    Rendition rendition;
    rendition.crop = crop;
    rendition.is_y_inverted = image.is_y_inverted();
    rendition.is_converted = way_of_copy(facts, image.format(), colors) == Way::Convert;
    rendition.fourcc =
        rendition.is_converted ? converted_format(image.format()) : image.format().fourcc;
    rendition.is_imported = imports_copies(facts, rendition.fourcc);
    if (rendition.is_converted)
        rendition.colors = colors;
    return rendition;
}

std::size_t copy_stride(std::uint32_t fourcc, std::uint32_t width) noexcept {
    const PixelFormat& format = *find_pixel_format(fourcc);
    const auto step = std::lcm(RowAlignment, std::size_t{format.planes[0].bytes_per_block});
    return (format.min_stride(0, width) + step - 1) / step * step;
}

void render(const Mapping& mapping, const Rendition& rendition, const Rect& part,
            std::uint8_t* copy_of_all, std::size_t stride) {
    const Dmabuf& image = mapping.dmabuf();
    const Rect whole = whole_of({image.width(), image.height()});
    const Rect from = turn(clip(part, whole), rendition, whole.height);
    if (from.width == 0 || from.height == 0)
        return;
    const auto step = static_cast<std::ptrdiff_t>(stride);
    const Rows rows = rendition.is_y_inverted
                          ? Rows{copy_of_all + (std::ptrdiff_t{whole.height} - 1) * step, -step}
                          : Rows{copy_of_all, step};
    if (rendition.is_converted)
        convert(mapping, rendition.colors, from, rows);
    else
        copy(mapping, from, rows);
}

WorkerPool::Outcome render_bands(WorkerPool::Control& control, const Mapping& mapping,
                                 const Rendition& rendition, std::span<const Rect> bands,
                                 LinearMemory& memory, std::size_t stride,
                                 const LinearMemory* base) {
    using Outcome = WorkerPool::Outcome;
    if (control.is_cancelled())
        return Outcome::Busy;
    if (!memory.allocate())
        return Outcome::Failed;
    if (const Outcome begun = mapping.begin_read(control); begun != Outcome::Done)
        return begun;
    const int target = memory.dmabuf_fd();
    Outcome outcome = Outcome::Done;
    if (target >= 0)
        outcome = control.sync(target, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
    if (outcome == Outcome::Done) {
        if (base)
            std::copy_n(base->data(), memory.size(), memory.data());
        control.share(static_cast<unsigned>(bands.size()), [&](unsigned band) {
            render(mapping, rendition, bands[band], memory.data(), stride);
        });
        if (rendition.crop)
            repeat_edge(rendition, {mapping.dmabuf().width(), mapping.dmabuf().height()},
                        memory.data(), stride);
        if (target >= 0)
            control.sync(target, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
    }
    mapping.end_read(control);
    return mapping.has_faulted() ? Outcome::Failed : outcome;
}

std::vector<Rect> bands_of(const Rendition& rendition, Extent extent, const Region& region) {
    const Rect whole = whole_of(extent);
    Region in_memory;
    for (const pixman_box32_t& box : region.boxes()) {
        const Rect rect = turn(clip({box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1}, whole),
                               rendition, whole.height);
        const std::int32_t x = round_down(rect.x), y = round_down(rect.y);
        const Rect grains{x, y, round_up(rect.x + rect.width) - x,
                          round_up(rect.y + rect.height) - y};
        if (rect.width > 0 && rect.height > 0)
            in_memory.add(clip(grains, whole));
    }
    std::vector<Rect> bands;
    for (const pixman_box32_t& box : in_memory.boxes()) {
        for (std::int32_t y = box.y1; y < box.y2; y += BandHeight)
            bands.push_back(turn({box.x1, y, box.x2 - box.x1, std::min(BandHeight, box.y2 - y)},
                                 rendition, whole.height));
    }
    return bands;
}

} // namespace tarmac
