#include "import/decision.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <fcntl.h>

#include "convert/conversion.hpp"
#include "dmabuf/distinct_dmabufs.hpp"
#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

using Kind = RendererFacts::Kind;

/// What doc/formats.md found llvmpipe to draw further from the definition than two steps in 255,
/// which conversion keeps to: chroma shared by two rows and 8 bits deep, which is interpolated in 8
/// bits; samples of 16 bits, whose range is taken for that of 8 bits; and two with their components
/// mixed up.
constexpr std::uint32_t unfaithful_formats[] = {
    DRM_FORMAT_NV12, DRM_FORMAT_NV21, DRM_FORMAT_YUV420, DRM_FORMAT_YVU420, DRM_FORMAT_P010,
    DRM_FORMAT_P012, DRM_FORMAT_P016, DRM_FORMAT_S016,   DRM_FORMAT_S216,   DRM_FORMAT_S416,
    DRM_FORMAT_Y212, DRM_FORMAT_Y412, DRM_FORMAT_Y416,   DRM_FORMAT_Y210,   DRM_FORMAT_Y216,
};

/// What drm_fourcc.h has a "direct relationship between channel value and brightness" of, which
/// cameras, libcamera and displays take for grey, and GPUs for red.
constexpr std::uint32_t brightness_formats[] = {DRM_FORMAT_R8, DRM_FORMAT_R10, DRM_FORMAT_R12,
                                                DRM_FORMAT_R16};

// What is read through pointers of the kernel's and of renderers' numbers.
constexpr std::uint32_t MaxStride = INT32_MAX;

/// Whether pictures of that format are as good imported as converted, in any size.
bool is_faithful(const RendererFacts& facts, std::uint32_t fourcc) {
    if (std::ranges::contains(brightness_formats, fourcc))
        return false;
    if (!facts.draws_on_cpu)
        return true;
    // What can't be converted has no other way for the sizes and places that aren't imported.
    const bool has_other_way =
        is_convertible(fourcc) || find_pixel_format(fourcc)->model != ColorModel::Yuv;
    return has_other_way && !std::ranges::contains(unfaithful_formats, fourcc);
}

bool is_importable(const RendererFacts& facts, FormatModifier pair) {
    return facts.imports.contains(pair) && !facts.miscolored.contains(pair) &&
           is_faithful(facts, pair.fourcc);
}

/// In memory that is what check_memory() wants.
bool is_readable(const RendererFacts& facts, FormatModifier pair) {
    const bool may_be_linear =
        pair.modifier == DRM_FORMAT_MOD_LINEAR || pair.modifier == DRM_FORMAT_MOD_INVALID;
    return may_be_linear &&
           (reads(facts, *find_pixel_format(pair.fourcc)) || is_convertible(pair.fourcc));
}

Result<void> check_memory(const ImageFacts& image) {
    if (image.memory == MemoryKind::Hidden)
        return fail(Fault::ImportFailed, "a mapping of this device's memory doesn't show what the "
                                         "device has drawn");
    if (image.format.modifier == DRM_FORMAT_MOD_INVALID && image.memory != MemoryKind::Pages)
        return fail(Fault::ImportFailed, "the layout is implicit, and how this memory's device "
                                         "lays out rows isn't known");
    return {};
}

Result<void> check_colors(const RendererFacts& facts, const PixelFormat& format,
                          const Colors& colors) {
    if (draws(facts, format, colors))
        return {};
    return fail(Fault::ImportFailed, formatted("the renderer doesn't draw {} with such colours or "
                                               "alpha",
                                               fourcc_name(format.fourcc)));
}

Result<void> check_size(const RendererFacts& facts, Extent extent) {
    if (extent.width <= facts.max_size.width && extent.height <= facts.max_size.height)
        return {};
    return fail(Fault::ImportFailed, formatted("the renderer has no textures of {}x{} pixels",
                                               extent.width, extent.height));
}

/// What OpenGL or Vulkan would show wrong or die of, whoever makes the driver.
Result<void> check_renderer(const RendererFacts& facts, const ImageFacts& image,
                            const PixelFormat& format) {
    // wlroots' Vulkan renderer asserts that there are fewer than four.
    if (facts.kind == Kind::Vulkan && image.n_planes == MaxPlanes)
        return fail(Fault::ImportFailed, "the Vulkan renderer takes no image of four planes");
    // Mesa rounds the size of a chroma plane down and stretches it over the whole picture.
    const bool has_odd_size = image.extent.width % format.chroma_horizontal != 0 ||
                              image.extent.height % format.chroma_vertical != 0;
    if (facts.kind == Kind::Gles2 && is_linear(facts, image.format.modifier) && has_odd_size)
        return fail(Fault::ImportFailed,
                    formatted("{}x{} pixels are no whole number of the chroma samples of {}, "
                              "which OpenGL shows wrong",
                              image.extent.width, image.extent.height, fourcc_name(format.fourcc)));
    return {};
}

/// What Mesa's rasterizers can't bear.
Result<void> check_rasterizer(const RendererFacts& facts, const ImageFacts& image,
                              const PixelFormat& format) {
    for (unsigned i = 0; i < image.n_planes; ++i) {
        // It loads whole pixels as vectors.
        const auto [offset, stride] = image.planes[i];
        const unsigned pixel = format.planes[i].bytes_per_block;
        if (pixel != 0 && (offset % pixel != 0 || stride % pixel != 0))
            return fail_plane(Fault::ImportFailed, i,
                              formatted("a software renderer draws no pixels of {} bytes at "
                                        "offset {} with stride {}",
                                        pixel, offset, stride));
    }
    if (facts.kind == Kind::Vulkan && image.is_disjoint)
        return fail(Fault::ImportFailed,
                    "Vulkan on the CPU draws no image whose planes lie in several dma-bufs");
    return {};
}

Result<void> check_strides(const ImageFacts& image) {
    for (unsigned i = 0; i < image.n_planes; ++i) {
        if (image.planes[i].stride > MaxStride)
            return fail_plane(
                Fault::ImportFailed, i,
                formatted("a stride of {} bytes is too long", image.planes[i].stride));
    }
    return {};
}

/// Mesa's rasterizers map memory for reading and writing, and use the mapping whether or not that
/// worked.
Result<void> check_access(const RendererFacts& facts, const ImageFacts& image) {
    const bool may_meet_rasterizer =
        facts.draws_on_cpu ||
        (facts.may_be_rasterized && image.format.modifier == DRM_FORMAT_MOD_LINEAR);
    if (may_meet_rasterizer && image.read_only_plane)
        return fail_plane(Fault::ImportFailed, *image.read_only_plane,
                          "the dma-buf is read-only, which a software renderer can't draw");
    return {};
}

/// Renderers take all alpha for premultiplied, and all RGB for that of full range.
bool must_be_converted(const PixelFormat& format, const Colors& colors) {
    const bool is_straight = format.has_alpha && !colors.is_premultiplied;
    const bool is_narrow =
        format.model != ColorModel::Yuv && colors.state.range == ColorState::Range::Limited;
    return is_straight || is_narrow;
}

/// What pixman wants of the place of a row. Others would copy it on the event loop.
bool is_readable_in_place(const RendererFacts& facts, const ImageFacts& image,
                          const PixelFormat& format) {
    const auto [offset, stride] = image.planes[0];
    return facts.kind == Kind::Pixman && !image.is_y_inverted && offset % 8 == 0 &&
           stride % 4 == 0 && stride % format.planes[0].bytes_per_block == 0;
}

std::optional<unsigned> find_read_only_plane(const Dmabuf& dmabuf) {
    for (unsigned i = 0; i < dmabuf.planes().size(); ++i) {
        if ((fcntl(dmabuf.planes()[i].fd.get(), F_GETFL) & O_ACCMODE) != O_RDWR)
            return i;
    }
    return std::nullopt;
}

} // namespace

std::string_view way_name(Way way) noexcept {
    switch (way) {
    case Way::Import:
        return "imported";
    case Way::ReadInPlace:
        return "read";
    case Way::Copy:
        return "copied";
    case Way::Convert:
        return "converted";
    }
    return "";
}

ImageFacts ImageFacts::of(const Dmabuf& dmabuf, const RendererFacts& facts, MemoryKind memory) {
    ImageFacts image{
        .format = {dmabuf.fourcc(), dmabuf.modifier()},
        .extent = {dmabuf.width(), dmabuf.height()},
        .n_planes = static_cast<unsigned>(dmabuf.planes().size()),
        .planes = {},
        .is_y_inverted = dmabuf.is_y_inverted(),
        .memory = memory,
    };
    for (unsigned i = 0; i < image.n_planes; ++i)
        image.planes[i] = {dmabuf.planes()[i].offset, dmabuf.planes()[i].stride};
    if (facts.draws_on_cpu)
        image.is_disjoint = DistinctDmabufs{dmabuf}.members().size() > 1;
    if (facts.draws_on_cpu || facts.may_be_rasterized)
        image.read_only_plane = find_read_only_plane(dmabuf);
    return image;
}

Result<Way> decide(const RendererFacts& facts, const ImageFacts& image, const Colors& colors) {
    const auto imported = decide_import(facts, image, colors);
    if (imported)
        return Way::Import;
    auto read = decide_reading(facts, image, colors);
    // That a format or this memory isn't read says less than what is wrong with this image.
    const bool is_known = imported.error().fault != Fault::InvalidFormat;
    const bool is_unreadable =
        !read && (read.error().fault == Fault::InvalidFormat || !check_memory(image));
    if (is_known && is_unreadable)
        return std::unexpected(imported.error());
    return read;
}

Result<void> decide_import(const RendererFacts& facts, const ImageFacts& image,
                           const Colors& colors) {
    const auto [fourcc, modifier] = image.format;
    if (!is_importable(facts, image.format))
        return fail(Fault::InvalidFormat,
                    formatted("the renderer doesn't import {} with modifier {}",
                              fourcc_name(fourcc), modifier_name(modifier)));
    const PixelFormat& format = *find_pixel_format(fourcc);
    return check_meaning(format, colors.state)
        .and_then([&] { return check_colors(facts, format, colors); })
        .and_then([&] { return check_size(facts, image.extent); })
        .and_then([&] { return check_renderer(facts, image, format); })
        .and_then([&] { return check_access(facts, image); })
        .and_then([&] {
            return facts.draws_on_cpu ? check_rasterizer(facts, image, format) : Result<void>{};
        });
}

Result<Way> decide_reading(const RendererFacts& facts, const ImageFacts& image,
                           const Colors& colors) {
    const auto [fourcc, modifier] = image.format;
    if (!is_readable(facts, image.format))
        return fail(Fault::InvalidFormat,
                    formatted("{} with modifier {} can't be read from mapped memory",
                              fourcc_name(fourcc), modifier_name(modifier)));
    const PixelFormat& format = *find_pixel_format(fourcc);
    auto checked = check_memory(image)
                       .and_then([&] { return check_meaning(format, colors.state); })
                       .and_then([&] { return check_strides(image); })
                       .and_then([&] { return check_size(facts, image.extent); });
    if (checked && must_be_converted(format, colors) && !is_convertible(fourcc))
        checked = check_colors(facts, format, colors);
    return checked.transform([&] {
        const bool is_taken_so = reads(facts, format) && !must_be_converted(format, colors);
        return is_taken_so && is_readable_in_place(facts, image, format)
                   ? Way::ReadInPlace
                   : way_of_copy(facts, format, colors);
    });
}

bool may_import(const RendererFacts& facts, FormatModifier pair) noexcept {
    return is_importable(facts, pair);
}

FormatSet importable_formats(const RendererFacts& facts) {
    FormatSet formats;
    for (const FormatModifier& pair : facts.imports) {
        if (is_importable(facts, pair))
            formats.add(pair);
    }
    return formats;
}

FormatSet readable_formats(const RendererFacts& facts) {
    FormatSet formats;
    for (const bool is_read : {true, false}) {
        for (const PixelFormat& format : all_pixel_formats()) {
            if (reads(facts, format) != is_read)
                continue;
            for (const std::uint64_t modifier : {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID}) {
                if (is_readable(facts, {format.fourcc, modifier}))
                    formats.add({format.fourcc, modifier});
            }
        }
    }
    return formats;
}

bool is_linear(const RendererFacts& facts, std::uint64_t modifier) noexcept {
    // An implicit layout is the driver's secret, but on the CPU there is no driver with one.
    const bool is_without_driver = facts.draws_on_cpu || facts.kind == Kind::Pixman;
    return modifier == DRM_FORMAT_MOD_LINEAR ||
           (is_without_driver && modifier == DRM_FORMAT_MOD_INVALID);
}

bool reads(const RendererFacts& facts, const PixelFormat& format) noexcept {
    // Renderers can't update textures of blocks, whatever they list.
    return std::ranges::binary_search(facts.reads, format.fourcc) &&
           !std::ranges::contains(brightness_formats, format.fourcc) &&
           format.model == ColorModel::Rgb && format.n_planes == 1 &&
           format.planes[0].block_width == 1;
}

bool draws(const RendererFacts& facts, const PixelFormat& format, const Colors& colors) noexcept {
    if (must_be_converted(format, colors))
        return false;
    return format.model != ColorModel::Yuv || is_usual_yuv(colors.state) ||
           std::ranges::contains(facts.encodings, colors.state.matrix);
}

Way way_of_copy(const RendererFacts& facts, const PixelFormat& format,
                const Colors& colors) noexcept {
    if (!reads(facts, format) || must_be_converted(format, colors))
        return Way::Convert;
    // Converted, 8 bits are still as many, and what is imported needn't be uploaded.
    const bool loses_nothing = format.bits <= 8 && is_convertible(format.fourcc);
    return loses_nothing && !imports_copies(facts, format.fourcc) &&
                   imports_copies(facts, converted_format(format))
               ? Way::Convert
               : Way::Copy;
}

std::uint32_t converted_format(const PixelFormat& format) noexcept {
    return format.has_alpha ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888;
}

bool imports_copies(const RendererFacts& facts, std::uint32_t fourcc) noexcept {
    return facts.imports_udmabufs && is_importable(facts, {fourcc, DRM_FORMAT_MOD_LINEAR});
}

} // namespace tarmac
