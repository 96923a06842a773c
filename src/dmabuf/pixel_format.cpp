#include <algorithm>
#include <array>
#include <cstdlib>
#include <drm_fourcc.h>
#include <memory>
#include <tarmac/pixel_format.hpp>
#include <xf86drm.h>

#include "dmabuf/formatted.hpp"
#include "dmabuf/pixel_format_table.hpp"

namespace tarmac {

namespace {

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
    return (value + by - 1) / by;
}

constexpr auto sorted_formats = [] {
    auto formats = pixel_format_table;
    std::ranges::sort(formats, {}, &PixelFormat::fourcc);
    return formats;
}();
static_assert(std::ranges::adjacent_find(sorted_formats, {}, &PixelFormat::fourcc) ==
                  sorted_formats.end(),
              "a fourcc stands twice in the table");

using DrmName = std::unique_ptr<char, decltype([](char* name) { std::free(name); })>;

} // namespace

std::uint64_t PixelFormat::min_stride(unsigned plane, std::uint32_t width) const noexcept {
    const PlaneFormat& p = planes[plane];
    const std::uint64_t samples = divide_up(width, p.horizontal_subsampling);
    return divide_up(samples, p.block_width) * p.bytes_per_block;
}

std::uint64_t PixelFormat::rows(unsigned plane, std::uint32_t height) const noexcept {
    const PlaneFormat& p = planes[plane];
    return divide_up(divide_up(height, p.vertical_subsampling), p.block_height);
}

std::uint64_t PixelFormat::size(unsigned plane, std::uint32_t width, std::uint32_t height,
                                std::uint32_t stride) const noexcept {
    return (rows(plane, height) - 1) * stride + min_stride(plane, width);
}

const PixelFormat* find_pixel_format(std::uint32_t fourcc) noexcept {
    const auto found = std::ranges::lower_bound(sorted_formats, fourcc, {}, &PixelFormat::fourcc);
    return found != sorted_formats.end() && found->fourcc == fourcc ? &*found : nullptr;
}

std::span<const PixelFormat> all_pixel_formats() noexcept {
    return sorted_formats;
}

std::string fourcc_name(std::uint32_t fourcc) {
    const PixelFormat* format = find_pixel_format(fourcc);
    if (!format)
        return formatted("0x{:08x}", fourcc);
    std::string letters;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        if (const char letter = static_cast<char>(fourcc >> shift); letter != ' ')
            letters += letter;
    }
    return letters == format->name ? letters : formatted("{} ({})", letters, format->name);
}

std::string modifier_name(std::uint64_t modifier) {
    if (modifier == DRM_FORMAT_MOD_INVALID)
        return "INVALID (implicit)";
    const DrmName name{drmGetFormatModifierName(modifier)};
    if (!name)
        return formatted("0x{:016x}", modifier);
    const DrmName vendor{drmGetFormatModifierVendor(modifier)};
    return vendor && modifier != DRM_FORMAT_MOD_LINEAR
               ? formatted("{}_{}", vendor.get(), name.get())
               : std::string{name.get()};
}

} // namespace tarmac
