// YUV of 8 bits to ARGB8888, by libyuv.

#include <drm_fourcc.h>
#include <libyuv.h>

#include "convert/conversion_band.hpp"

namespace tarmac {

namespace {

enum class Chroma { Half, Full };

/// From planes, which have chroma for each or for two pixels a row and a column.
template <auto Convert, Chroma Width, Chroma Height>
struct ToArgb {
    static int chroma_width(const Band& b) {
        return Width == Chroma::Half ? b.half_width() : b.width;
    }
    static int chroma_height(const Band& b) {
        return Height == Chroma::Half ? (b.height + 1) / 2 : b.height;
    }

    static void convert(const Band& b, const std::uint8_t* y, int y_stride, const std::uint8_t* u,
                        int u_stride, const std::uint8_t* v, int v_stride) {
        if (!b.is_gbr)
            return static_cast<void>(Convert(y, y_stride, u, u_stride, v, v_stride, b.out,
                                             b.out_stride, b.matrix, b.width, b.height));
        // libyuv adds luma to all three.
        for (int row = 0; row < b.height; ++row) {
            const std::ptrdiff_t chroma_row = Height == Chroma::Half ? row / 2 : row;
            const std::uint8_t* green = y + std::ptrdiff_t{row} * y_stride;
            const std::uint8_t* blue = u + chroma_row * u_stride;
            const std::uint8_t* red = v + chroma_row * v_stride;
            std::uint8_t* out = b.out + std::ptrdiff_t{row} * b.out_stride;
            for (int x = 0; x < b.width; ++x, out += 4) {
                const int chroma_x = Width == Chroma::Half ? x / 2 : x;
                out[0] = blue[chroma_x];
                out[1] = green[x];
                out[2] = red[chroma_x];
                out[3] = 255;
            }
        }
    }
};

using I420 = ToArgb<libyuv::I420ToARGBMatrix, Chroma::Half, Chroma::Half>;
using I422 = ToArgb<libyuv::I422ToARGBMatrix, Chroma::Half, Chroma::Full>;
using I444 = ToArgb<libyuv::I444ToARGBMatrix, Chroma::Full, Chroma::Full>;

template <class Planes, unsigned U = 1, unsigned V = 2>
void planar(const Band& b) {
    Planes::convert(b, b.in[0].data, b.in[0].stride, b.in[U].data, b.in[U].stride, b.in[V].data,
                    b.in[V].stride);
}

/// Chroma in one plane, which libyuv wants in two.
template <class Planes, bool Swapped>
void split(const Band& b) {
    const int width = Planes::chroma_width(b), height = Planes::chroma_height(b);
    const auto [first, second] = reserve<2>(b, width, height);
    libyuv::SplitUVPlane(b.in[1].data, b.in[1].stride, first, width, second, width, width, height);
    Planes::convert(b, b.in[0].data, b.in[0].stride, Swapped ? second : first, width,
                    Swapped ? first : second, width);
}

template <auto Convert, bool Swapped>
void semiplanar(const Band& b) {
    if (b.is_gbr)
        return split<I420, Swapped>(b);
    Convert(b.in[0].data, b.in[0].stride, b.in[1].data, b.in[1].stride, b.out, b.out_stride,
            b.matrix, b.width, b.height);
}

/// A pixel in three bytes: Y, U, V.
void packed_24(const Band& b) {
    const auto plane = reserve<3>(b, b.width, b.height);
    libyuv::SplitRGBPlane(b.in[0].data, b.in[0].stride, plane[0], b.width, plane[1], b.width,
                          plane[2], b.width, b.width, b.height);
    I444::convert(b, plane[0], b.width, plane[1], b.width, plane[2], b.width);
}

/// Chroma of four pixels a row, and a column where `Planes` has it of two.
template <class Planes, unsigned U = 1, unsigned V = 2>
void quarter(const Band& b) {
    const int width = Planes::chroma_width(b), height = Planes::chroma_height(b);
    const bool has_all_rows = height == b.height;
    const auto plane = reserve<2>(b, width, height);
    for (unsigned i = 0; i < 2; ++i) {
        const Picture::Plane& in = b.in[i + 1];
        for (int y = 0; y < height; ++y) {
            const std::uint8_t* row =
                in.data + std::ptrdiff_t{has_all_rows ? y : y / 2} * in.stride;
            std::uint8_t* out = plane[i] + std::ptrdiff_t{y} * width;
            for (int x = 0; x < width; ++x)
                out[x] = row[x / 2];
        }
    }
    Planes::convert(b, b.in[0].data, b.in[0].stride, plane[U - 1], width, plane[V - 1], width);
}

void grey(const Band& b) {
    libyuv::I400ToARGBMatrix(b.in[0].data, b.in[0].stride, b.out, b.out_stride, b.matrix, b.width,
                             b.height);
}

using namespace libyuv;

constexpr Conversion conversions[] = {
    {DRM_FORMAT_NV12, semiplanar<NV12ToARGBMatrix, false>},
    {DRM_FORMAT_NV21, semiplanar<NV21ToARGBMatrix, true>},
    {DRM_FORMAT_NV16, split<I422, false>},
    {DRM_FORMAT_NV61, split<I422, true>},
    {DRM_FORMAT_NV24, split<I444, false>},
    {DRM_FORMAT_NV42, split<I444, true>},
    {DRM_FORMAT_YUV410, quarter<I420>},
    {DRM_FORMAT_YVU410, quarter<I420, 2, 1>},
    {DRM_FORMAT_YUV411, quarter<I422>},
    {DRM_FORMAT_YVU411, quarter<I422, 2, 1>},
    {DRM_FORMAT_YUV420, planar<I420>},
    {DRM_FORMAT_YVU420, planar<I420, 2, 1>},
    {DRM_FORMAT_YUV422, planar<I422>},
    {DRM_FORMAT_YVU422, planar<I422, 2, 1>},
    {DRM_FORMAT_YUV444, planar<I444>},
    {DRM_FORMAT_YVU444, planar<I444, 2, 1>},
    {DRM_FORMAT_VUY888, packed_24},
    {DRM_FORMAT_Y8, grey},
};

} // namespace

std::span<const Conversion> yuv_conversions() noexcept {
    return conversions;
}

} // namespace tarmac
