// YUV, which a driver without modifiers lets nobody draw right.

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <drm_fourcc.h>
#include <tarmac/pixel_format.hpp>

#include "gpu/stage.hpp"

using namespace test;

namespace {

constexpr int Width = 128, Height = 96;
constexpr std::uint8_t Y = 150, U = 60, V = 170;
/// The same by BT.601 in limited range.
constexpr Pixel Rgb{223, 149, 19};

/// A format in rows of bytes: those of its planes, one after the other, each with its pattern.
struct Format {
    struct Plane {
        int rows;
        std::vector<std::uint8_t> pattern;
    };
    std::uint32_t fourcc;
    int stride;
    std::vector<Plane> planes;
};

const Format formats[] = {
    {DRM_FORMAT_NV12, Width, {{Height, {Y}}, {Height / 2, {U, V}}}},
    {DRM_FORMAT_YUYV, Width * 2, {{Height, {Y, U, Y, V}}}},
};

/// Through the driver, since the GPU doesn't see what is written through a mapping.
void fill(const GpuBuffer& buffer, const Format& format) {
    std::uint32_t stride = 0;
    void* map = nullptr;
    auto* row = static_cast<std::uint8_t*>(gbm_bo_map(
        buffer.bo.get(), 0, 0, static_cast<std::uint32_t>(buffer.width),
        static_cast<std::uint32_t>(buffer.height), GBM_BO_TRANSFER_WRITE, &stride, &map));
    REQUIRE(row);
    for (const Format::Plane& plane : format.planes) {
        for (int y = 0; y < plane.rows; ++y, row += stride) {
            for (int x = 0; x < format.stride; ++x)
                row[x] = plane.pattern[static_cast<std::size_t>(x) % plane.pattern.size()];
        }
    }
    gbm_bo_unmap(buffer.bo.get(), map);
}

} // namespace

TEST_CASE("YUV of a GPU is shown right or refused, not with its numbers taken for RGB") {
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    for (const Format& format : formats) {
        int rows = 0;
        for (const Format::Plane& plane : format.planes)
            rows += plane.rows;
        const GpuBuffer bytes = gpu.allocate(format.stride, rows, GBM_FORMAT_R8,
                                             GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR);
        fill(bytes, format);
        const std::uint32_t stride = gbm_bo_get_stride(bytes.bo.get());
        for (const std::uint64_t modifier : {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID}) {
            INFO(tarmac::fourcc_name(format.fourcc) << ", modifier " << modifier);
            RawClient client = compositor.connect(5);
            auto& params = client.create_params();
            std::uint32_t offset = 0;
            for (std::uint32_t i = 0; const Format::Plane& plane : format.planes) {
                client.add(params, bytes.dmabuf.get(), i++, offset, stride, modifier);
                offset += static_cast<std::uint32_t>(plane.rows) * stride;
            }
            const Answer answer = client.create(params, Width, Height, format.fourcc);
            CHECK(answer.kind != Answer::Silent);
            if (answer.kind != Answer::Created)
                continue;
            Window window{client};
            window.show(params.buffer);
            const Picture screen = take_screenshot(compositor.socket());
            const Box box = find_window(screen, Width, Height);
            const Pixel& seen = screen.at(box.x + Width / 2, box.y + Height / 2);
            INFO(to_string(seen));
            CHECK(distance(seen, Rgb) <= 5);
        }
    }
    // Nothing of it harmed the renderer.
    check_newcomer(compositor, gpu);
}
