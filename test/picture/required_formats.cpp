#include "picture/required_formats.hpp"

#include <algorithm>
#include <drm_fourcc.h>

namespace test {

std::span<const std::uint32_t> required_formats() {
    static constexpr std::uint32_t formats[] = {
        DRM_FORMAT_R8,
        DRM_FORMAT_R16,
        DRM_FORMAT_RGB565,
        DRM_FORMAT_BGR565,
        DRM_FORMAT_XRGB1555,
        DRM_FORMAT_XBGR1555,
        DRM_FORMAT_RGBX5551,
        DRM_FORMAT_BGRX5551,
        DRM_FORMAT_ARGB1555,
        DRM_FORMAT_ABGR1555,
        DRM_FORMAT_RGBA5551,
        DRM_FORMAT_BGRA5551,
        DRM_FORMAT_RGB888,
        DRM_FORMAT_BGR888,
        DRM_FORMAT_XRGB8888,
        DRM_FORMAT_XBGR8888,
        DRM_FORMAT_RGBX8888,
        DRM_FORMAT_BGRX8888,
        DRM_FORMAT_ARGB8888,
        DRM_FORMAT_ABGR8888,
        DRM_FORMAT_RGBA8888,
        DRM_FORMAT_BGRA8888,
        DRM_FORMAT_XRGB2101010,
        DRM_FORMAT_XBGR2101010,
        DRM_FORMAT_RGBX1010102,
        DRM_FORMAT_BGRX1010102,
        DRM_FORMAT_ARGB2101010,
        DRM_FORMAT_ABGR2101010,
        DRM_FORMAT_RGBA1010102,
        DRM_FORMAT_BGRA1010102,
        DRM_FORMAT_XRGB16161616,
        DRM_FORMAT_XBGR16161616,
        DRM_FORMAT_ARGB16161616,
        DRM_FORMAT_ABGR16161616,
        DRM_FORMAT_XRGB16161616F,
        DRM_FORMAT_XBGR16161616F,
        DRM_FORMAT_ARGB16161616F,
        DRM_FORMAT_ABGR16161616F,

        DRM_FORMAT_YUYV,
        DRM_FORMAT_YVYU,
        DRM_FORMAT_UYVY,
        DRM_FORMAT_VYUY,
        DRM_FORMAT_AYUV,
        DRM_FORMAT_XYUV8888,

        DRM_FORMAT_NV12,
        DRM_FORMAT_NV21,
        DRM_FORMAT_NV16,
        DRM_FORMAT_NV61,
        DRM_FORMAT_NV24,
        DRM_FORMAT_NV42,
        DRM_FORMAT_P010,
        DRM_FORMAT_P012,
        DRM_FORMAT_P016,
        DRM_FORMAT_P210,

        DRM_FORMAT_YUV410,
        DRM_FORMAT_YVU410,
        DRM_FORMAT_YUV411,
        DRM_FORMAT_YVU411,
        DRM_FORMAT_YUV420,
        DRM_FORMAT_YVU420,
        DRM_FORMAT_YUV422,
        DRM_FORMAT_YVU422,
        DRM_FORMAT_YUV444,
        DRM_FORMAT_YVU444,
        DRM_FORMAT_S010,
        DRM_FORMAT_S210,
        DRM_FORMAT_S410,
        DRM_FORMAT_S012,
        DRM_FORMAT_S212,
        DRM_FORMAT_S412,
        DRM_FORMAT_S016,
        DRM_FORMAT_S216,
        DRM_FORMAT_S416,
    };
    return formats;
}

bool is_required(std::uint32_t fourcc) {
    return std::ranges::contains(required_formats(), fourcc);
}

} // namespace test
