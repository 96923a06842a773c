// The table of pixel formats against Mesa's, as far as GBM tells.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <gbm.h>
#include <memory>
#include <tarmac/fd.hpp>
#include <tarmac/pixel_format.hpp>

#include "support/render_node.hpp"

namespace {

using Bo = std::unique_ptr<gbm_bo, decltype([](gbm_bo* bo) { gbm_bo_destroy(bo); })>;

constexpr std::uint32_t Width = 63, Height = 47;

/// One for the whole process, which is never destroyed: with its last device, libgbm unloads Mesa's
/// part, whose leaks then have no name to go by.
gbm_device* shared_device() {
    static const tarmac::Fd node{open(test::RenderNode, O_RDWR | O_CLOEXEC)};
    if (!node)
        SKIP(test::RenderNode << " is missing");
    static gbm_device* device = gbm_create_device(node.get());
    return device;
}

struct Fixture {
    gbm_device* device = shared_device();

    Fixture() { REQUIRE(device); }
};

} // namespace

TEST_CASE_METHOD(Fixture, "Mesa counts a linear format's planes as we do") {
    if (gbm_device_get_format_modifier_plane_count(device, DRM_FORMAT_XRGB8888,
                                                   DRM_FORMAT_MOD_LINEAR) < 0)
        SKIP("the driver of " << test::RenderNode << " knows no modifiers");
    int known = 0;
    for (const tarmac::PixelFormat& format : tarmac::all_pixel_formats()) {
        const int planes = gbm_device_get_format_modifier_plane_count(device, format.fourcc,
                                                                      DRM_FORMAT_MOD_LINEAR);
        if (planes <= 0)
            continue;
        INFO(format.name);
        CHECK(static_cast<unsigned>(planes) == format.n_planes);
        ++known;
    }
    CHECK(known >= 20);
}

TEST_CASE_METHOD(Fixture, "what Mesa allocates keeps our strides and rows") {
    int allocated = 0;
    for (const tarmac::PixelFormat& format : tarmac::all_pixel_formats()) {
        const Bo bo{gbm_bo_create(device, Width, Height, format.fourcc, GBM_BO_USE_LINEAR)};
        if (!bo)
            continue;
        INFO(format.name);
        ++allocated;
        // Stands for more than the plane itself where all planes lie in one allocation.
        const auto planes = static_cast<unsigned>(gbm_bo_get_plane_count(bo.get()));
        CHECK(planes == format.n_planes);
        std::uint64_t end = 0;
        for (unsigned i = 0; i < std::min<unsigned>(planes, format.n_planes); ++i) {
            const int plane = static_cast<int>(i);
            const std::uint64_t stride = gbm_bo_get_stride_for_plane(bo.get(), plane);
            CHECK(stride >= format.min_stride(i, Width));
            CHECK(gbm_bo_get_offset(bo.get(), plane) >= end);
            end = gbm_bo_get_offset(bo.get(), plane) + stride * format.rows(i, Height);
        }
        // 0 where GBM doesn't know.
        if (const std::uint32_t bits = gbm_bo_get_bpp(bo.get());
            bits != 0 && format.n_planes == 1 && format.planes[0].block_width == 1)
            CHECK(bits == 8u * format.planes[0].bytes_per_block);
    }
    CHECK(allocated >= 10);
}
