#include "support/image_buffer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <utility>
#include <wayland-client.h>

namespace test {

ImageBuffer::ImageBuffer(RawClient& client, std::uint32_t fourcc, int width, int height,
                         std::uint32_t flags)
    : format_{*tarmac::find_pixel_format(fourcc)}
    , width_{width}
    , height_{height}
    , planes_{[&] {
        std::vector<Plane> planes;
        std::uint32_t end = 0;
        for (unsigned i = 0; i < format_.n_planes; ++i) {
            const auto stride = static_cast<std::uint32_t>(
                format_.min_stride(i, static_cast<std::uint32_t>(width)));
            planes.push_back({end, stride});
            end += stride *
                   static_cast<std::uint32_t>(format_.rows(i, static_cast<std::uint32_t>(height)));
        }
        return planes;
    }()}
    , size_{planes_.back().offset +
            std::size_t{planes_.back().stride} * static_cast<unsigned>(height)}
    , dmabuf_{allocate_dmabuf(Exporter::Udmabuf, size_)}
    , mapping_{dmabuf_, size_} {
    auto& params = client.create_params();
    for (unsigned i = 0; i < planes_.size(); ++i)
        client.add(params, dmabuf_.get(), i, planes_[i].offset, planes_[i].stride,
                   DRM_FORMAT_MOD_LINEAR);
    const Answer answer = client.create(params, width, height, fourcc, flags);
    INFO(format_.name);
    REQUIRE(answer == Answer{Answer::Created, 0, {}});
    params_ = &params;
}

void ImageBuffer::destroy() {
    wl_buffer_destroy(std::exchange(params_->buffer, nullptr));
}

void ImageBuffer::fill(const Box& box, const std::vector<std::vector<std::uint8_t>>& blocks) {
    for (std::size_t i = 0; i < planes_.size(); ++i) {
        const tarmac::PlaneFormat& plane = format_.planes[i];
        const int across = plane.block_width * plane.horizontal_subsampling;
        const int down = plane.block_height * plane.vertical_subsampling;
        std::vector<std::uint8_t> row;
        for (int x = 0; x < box.width; x += across)
            row.insert(row.end(), blocks[i].begin(), blocks[i].end());
        for (int y = box.y; y < box.y + box.height; y += down)
            mapping_.write(planes_[i].offset +
                               std::size_t{planes_[i].stride} * static_cast<unsigned>(y / down) +
                               static_cast<unsigned>(box.x / across) * blocks[i].size(),
                           row.data(), row.size());
    }
}

} // namespace test
