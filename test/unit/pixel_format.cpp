#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <drm_fourcc.h>
#include <tarmac/pixel_format.hpp>
#include <xf86drm.h>

using tarmac::find_pixel_format;

namespace {

struct Expected {
    std::uint32_t fourcc;
    std::uint32_t width, height;
    unsigned planes;
    std::uint64_t stride[3], rows[3];
};

// Worked out by hand from the comments of drm_fourcc.h; odd sizes on purpose.
constexpr Expected Cases[] = {
    {DRM_FORMAT_XRGB8888, 5, 3, 1, {20}, {3}},
    {DRM_FORMAT_RGB888, 5, 3, 1, {15}, {3}},
    {DRM_FORMAT_R1, 9, 2, 1, {2}, {2}},
    {DRM_FORMAT_YUYV, 5, 3, 1, {12}, {3}},
    {DRM_FORMAT_Y210, 5, 3, 1, {24}, {3}},
    {DRM_FORMAT_X0L2, 5, 3, 1, {24}, {2}},
    {DRM_FORMAT_NV12, 5, 3, 2, {5, 6}, {3, 2}},
    {DRM_FORMAT_NV61, 5, 3, 2, {5, 6}, {3, 3}},
    {DRM_FORMAT_NV24, 5, 3, 2, {5, 10}, {3, 3}},
    {DRM_FORMAT_P010, 5, 3, 2, {10, 12}, {3, 2}},
    {DRM_FORMAT_NV15, 8, 4, 2, {10, 10}, {4, 2}},
    {DRM_FORMAT_P030, 7, 2, 2, {12, 16}, {2, 1}},
    {DRM_FORMAT_YVU420, 5, 3, 3, {5, 3, 3}, {3, 2, 2}},
    {DRM_FORMAT_YUV410, 5, 5, 3, {5, 2, 2}, {5, 2, 2}},
    {DRM_FORMAT_YUV411, 5, 5, 3, {5, 2, 2}, {5, 5, 5}},
    {DRM_FORMAT_S416, 5, 3, 3, {10, 10, 10}, {3, 3, 3}},
    {DRM_FORMAT_RGB565_A8, 5, 3, 2, {10, 5}, {3, 3}},
    {DRM_FORMAT_ABGR32323232F, 5, 3, 1, {80}, {3}},
};

} // namespace

TEST_CASE("rows and strides follow from the format") {
    for (const Expected& expected : Cases) {
        INFO(tarmac::fourcc_name(expected.fourcc));
        const auto* format = find_pixel_format(expected.fourcc);
        REQUIRE(format);
        CHECK(format->n_planes == expected.planes);
        for (unsigned plane = 0; plane < expected.planes; ++plane) {
            INFO("plane " << plane);
            CHECK(format->min_stride(plane, expected.width) == expected.stride[plane]);
            CHECK(format->rows(plane, expected.height) == expected.rows[plane]);
        }
    }
}

TEST_CASE("chroma is subsampled the same however it is stored") {
    for (const std::uint32_t fourcc : {DRM_FORMAT_YUYV, DRM_FORMAT_Y212, DRM_FORMAT_NV61,
                                       DRM_FORMAT_P210, DRM_FORMAT_YVU422, DRM_FORMAT_NV20}) {
        INFO(tarmac::fourcc_name(fourcc));
        CHECK(find_pixel_format(fourcc)->chroma_horizontal == 2);
        CHECK(find_pixel_format(fourcc)->chroma_vertical == 1);
    }
    for (const std::uint32_t fourcc : {DRM_FORMAT_NV12, DRM_FORMAT_X0L2, DRM_FORMAT_YUV420_8BIT,
                                       DRM_FORMAT_P010, DRM_FORMAT_S016, DRM_FORMAT_P030}) {
        INFO(tarmac::fourcc_name(fourcc));
        CHECK(find_pixel_format(fourcc)->chroma_horizontal == 2);
        CHECK(find_pixel_format(fourcc)->chroma_vertical == 2);
    }
    for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV24, DRM_FORMAT_AYUV}) {
        INFO(tarmac::fourcc_name(fourcc));
        CHECK(find_pixel_format(fourcc)->chroma_horizontal == 1);
    }
}

TEST_CASE("sizes don't overflow") {
    const auto* format = find_pixel_format(DRM_FORMAT_ABGR32323232F);
    CHECK(format->min_stride(0, UINT32_MAX) == 16ull * UINT32_MAX);
}

TEST_CASE("formats without a linear layout say so") {
    CHECK_FALSE(find_pixel_format(DRM_FORMAT_YUV420_10BIT)->has_linear_layout());
    CHECK(find_pixel_format(DRM_FORMAT_NV12)->has_linear_layout());
}

TEST_CASE("a fourcc that drm_fourcc.h doesn't have is unknown") {
    CHECK_FALSE(find_pixel_format(0));
    CHECK_FALSE(find_pixel_format(fourcc_code('Z', 'Z', 'Z', 'Z')));
    CHECK_FALSE(find_pixel_format(DRM_FORMAT_XRGB8888 | DRM_FORMAT_BIG_ENDIAN));
}

TEST_CASE("alpha follows from the name") {
    for (const auto& format : tarmac::all_pixel_formats()) {
        if (format.model != tarmac::ColorModel::Rgb)
            continue;
        INFO(format.name);
        CHECK(format.has_alpha == format.name.contains('A'));
    }
}

TEST_CASE("libdrm agrees on every fourcc's letters") {
    for (const auto& format : tarmac::all_pixel_formats()) {
        char* letters = drmGetFormatName(format.fourcc);
        REQUIRE(letters);
        std::string trimmed = letters;
        std::free(letters);
        std::erase(trimmed, ' ');
        CHECK(tarmac::fourcc_name(format.fourcc).starts_with(trimmed));
    }
}

TEST_CASE("names are what a person looks for") {
    CHECK(tarmac::fourcc_name(DRM_FORMAT_XRGB8888) == "XR24 (XRGB8888)");
    CHECK(tarmac::fourcc_name(DRM_FORMAT_NV12) == "NV12");
    CHECK(tarmac::fourcc_name(DRM_FORMAT_R8) == "R8");
    CHECK(tarmac::fourcc_name(0x01020304) == "0x01020304");
    CHECK(tarmac::modifier_name(DRM_FORMAT_MOD_LINEAR) == "LINEAR");
    CHECK(tarmac::modifier_name(DRM_FORMAT_MOD_INVALID) == "INVALID (implicit)");
    CHECK(tarmac::modifier_name(I915_FORMAT_MOD_Y_TILED) == "INTEL_Y_TILED");
    CHECK(tarmac::modifier_name(0x7f00000000000001) == "0x7f00000000000001");
}
