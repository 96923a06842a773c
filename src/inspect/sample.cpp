#include "inspect/sample.hpp"

#include <algorithm>
#include <numeric>

namespace tarmac::inspect {

namespace {

constexpr std::uint32_t Alignment = 256;

} // namespace

std::uint32_t stride_of(const PixelFormat& format, unsigned plane, std::uint64_t row_bytes) {
    const std::uint64_t pixel = std::max<std::uint64_t>(format.planes[plane].bytes_per_block, 1);
    const std::uint64_t grain = std::lcm(std::uint64_t{Alignment}, pixel);
    return static_cast<std::uint32_t>((row_bytes + grain - 1) / grain * grain);
}

ImageFacts facts_of_sample(const PixelFormat& format, std::uint64_t modifier, MemoryKind memory) {
    ImageFacts image{.format = {format.fourcc, modifier},
                     .extent = CardSize,
                     .n_planes = plane_count(format, modifier).least,
                     .planes = {},
                     .memory = memory};
    std::uint32_t offset = 0;
    for (unsigned i = 0; i < std::min<unsigned>(image.n_planes, format.n_planes); ++i) {
        const std::uint32_t stride =
            format.has_linear_layout() ? stride_of(format, i, format.min_stride(i, CardSize.width))
                                       : Alignment;
        image.planes[i] = {offset, stride};
        if (format.has_linear_layout())
            offset += stride * static_cast<std::uint32_t>(format.rows(i, CardSize.height));
    }
    return image;
}

Sample Sample::tiled(const Card& card, const PixelFormat& format, unsigned across, unsigned down) {
    const FormatLayout& layout = card.layout();
    const unsigned width = card.geometry().width, height = card.geometry().height;
    Sample sample{.extent = {width * across, height * down}, .planes = {}, .bytes = {}};
    sample.n_planes = layout.n_planes;
    for (unsigned i = 0; i < layout.n_planes; ++i) {
        const std::size_t row = layout.row_bytes(i, width), rows = layout.rows(i, height);
        const std::uint32_t stride = stride_of(format, i, row * across);
        const auto offset = static_cast<std::uint32_t>(sample.bytes.size());
        sample.planes[i] = {offset, stride};
        sample.bytes.resize(offset + stride * rows * down);
        const Card::Plane& plane = card.planes()[i];
        for (std::size_t y = 0; y < rows * down; ++y) {
            const auto* from = &card.files()[plane.file][plane.offset + y % rows * plane.stride];
            for (unsigned x = 0; x < across; ++x)
                std::copy_n(from, row, &sample.bytes[offset + y * stride + x * row]);
        }
    }
    return sample;
}

} // namespace tarmac::inspect
