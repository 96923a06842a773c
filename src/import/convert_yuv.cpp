// YUV to ARGB8888, by libyuv.

#include <algorithm>
#include <drm_fourcc.h>
#include <libyuv.h>

#include "import/conversion_band.hpp"

namespace tarmac {

namespace {

template <auto Convert, unsigned U = 1, unsigned V = 2>
void planar(const Band& b) {
    Convert(b.in[0].data, b.in[0].stride, b.in[U].data, b.in[U].stride, b.in[V].data,
            b.in[V].stride, b.out, b.out_stride, b.matrix, b.width, b.height);
}

template <auto Convert>
void semiplanar(const Band& b) {
    Convert(b.in[0].data, b.in[0].stride, b.in[1].data, b.in[1].stride, b.out, b.out_stride,
            b.matrix, b.width, b.height);
}

enum class Chroma { Half, Full };

/// Chroma in one plane, which libyuv wants in two.
template <auto Convert, Chroma Width, bool Swapped>
void split(const Band& b) {
    const int width = Width == Chroma::Half ? b.half_width() : b.width;
    const auto [first, second] = reserve<2>(b, width, b.height);
    libyuv::SplitUVPlane(b.in[1].data, b.in[1].stride, first, width, second, width, width,
                         b.height);
    Convert(b.in[0].data, b.in[0].stride, Swapped ? second : first, width, Swapped ? first : second,
            width, b.out, b.out_stride, b.matrix, b.width, b.height);
}

/// Two pixels in four bytes.
template <auto ToPlanes, bool Swapped>
void packed_422(const Band& b) {
    const auto [y, first, second] = reserve<3>(b, b.width, b.height);
    ToPlanes(b.in[0].data, b.in[0].stride, y, b.width, first, b.width, second, b.width, b.width,
             b.height);
    libyuv::I422ToARGBMatrix(y, b.width, Swapped ? second : first, b.width,
                             Swapped ? first : second, b.width, b.out, b.out_stride, b.matrix,
                             b.width, b.height);
}

/// A pixel in four bytes. `Y`, `U` and `V` are places in them.
template <unsigned Y, unsigned U, unsigned V, bool HasAlpha>
void packed_444(const Band& b) {
    const auto plane = reserve<4>(b, b.width, b.height);
    // libyuv's ARGB has blue in the first byte.
    libyuv::SplitARGBPlane(b.in[0].data, b.in[0].stride, plane[2], b.width, plane[1], b.width,
                           plane[0], b.width, plane[3], b.width, b.width, b.height);
    if (HasAlpha)
        libyuv::I444AlphaToARGBMatrix(plane[Y], b.width, plane[U], b.width, plane[V], b.width,
                                      plane[3], b.width, b.out, b.out_stride, b.matrix, b.width,
                                      b.height, 0);
    else
        libyuv::I444ToARGBMatrix(plane[Y], b.width, plane[U], b.width, plane[V], b.width, b.out,
                                 b.out_stride, b.matrix, b.width, b.height);
}

/// A pixel in three bytes: Y, U, V.
void packed_24(const Band& b) {
    const auto plane = reserve<3>(b, b.width, b.height);
    libyuv::SplitRGBPlane(b.in[0].data, b.in[0].stride, plane[0], b.width, plane[1], b.width,
                          plane[2], b.width, b.width, b.height);
    libyuv::I444ToARGBMatrix(plane[0], b.width, plane[1], b.width, plane[2], b.width, b.out,
                             b.out_stride, b.matrix, b.width, b.height);
}

/// Every `step`th sample of a row, to `kept` of libyuv's 10 bits, rounded; the rest of them is 0.
void narrow_row(const std::uint16_t* in, unsigned step, int bits, int kept, std::uint16_t* out,
                int width) {
    const unsigned drop = static_cast<unsigned>(bits - kept);
    const unsigned half = 1u << drop >> 1, most = (1u << kept) - 1;
    for (int x = 0; x < width; ++x)
        out[x] = static_cast<std::uint16_t>(
            std::min((in[static_cast<unsigned>(x) * step] + half) >> drop, most) << (10 - kept));
}

/// Samples in two bytes, in three planes or, with `Step` 2, two. Libyuv takes 10 bits of each, and
/// cuts chroma off after 8. `Bits` are used, at the lower end.
template <auto Convert, Chroma Width, Chroma Height, int Bits, unsigned Step = 1>
void wide(const Band& b) {
    const auto plane = reserve<3>(b, b.width * 2, b.height);
    std::array<const std::uint16_t*, 3> samples;
    for (unsigned i = 0; i < 3; ++i) {
        const Picture::Plane& in = b.in[Step == 2 ? std::min(i, 1u) : i];
        const unsigned first = Step == 2 && i == 2 ? 1 : 0;
        const int width = i > 0 && Width == Chroma::Half ? b.half_width() : b.width;
        const int height = i > 0 && Height == Chroma::Half ? (b.height + 1) / 2 : b.height;
        auto* out = reinterpret_cast<std::uint16_t*>(plane[i]);
        samples[i] = out;
        for (int y = 0; y < height; ++y) {
            const auto* row =
                reinterpret_cast<const std::uint16_t*>(in.data + std::ptrdiff_t{y} * in.stride);
            narrow_row(row + first, i > 0 ? Step : 1, Bits, i > 0 ? 8 : 10, out + y * b.width,
                       width);
        }
    }
    Convert(samples[0], b.width, samples[1], b.width, samples[2], b.width, b.out, b.out_stride,
            b.matrix, b.width, b.height);
}

using namespace libyuv;
constexpr auto Half = Chroma::Half, Full = Chroma::Full;

constexpr Conversion conversions[] = {
    {DRM_FORMAT_NV12, semiplanar<NV12ToARGBMatrix>},
    {DRM_FORMAT_NV21, semiplanar<NV21ToARGBMatrix>},
    {DRM_FORMAT_NV16, split<I422ToARGBMatrix, Half, false>},
    {DRM_FORMAT_NV61, split<I422ToARGBMatrix, Half, true>},
    {DRM_FORMAT_NV24, split<I444ToARGBMatrix, Full, false>},
    {DRM_FORMAT_NV42, split<I444ToARGBMatrix, Full, true>},
    // At the upper end of two bytes, so that they are as good as 16 bits.
    {DRM_FORMAT_P010, wide<I010ToARGBMatrix, Half, Half, 16, 2>},
    {DRM_FORMAT_P012, wide<I010ToARGBMatrix, Half, Half, 16, 2>},
    {DRM_FORMAT_P016, wide<I010ToARGBMatrix, Half, Half, 16, 2>},
    {DRM_FORMAT_P210, wide<I210ToARGBMatrix, Half, Full, 16, 2>},
    {DRM_FORMAT_YUV420, planar<I420ToARGBMatrix>},
    {DRM_FORMAT_YVU420, planar<I420ToARGBMatrix, 2, 1>},
    {DRM_FORMAT_YUV422, planar<I422ToARGBMatrix>},
    {DRM_FORMAT_YVU422, planar<I422ToARGBMatrix, 2, 1>},
    {DRM_FORMAT_YUV444, planar<I444ToARGBMatrix>},
    {DRM_FORMAT_YVU444, planar<I444ToARGBMatrix, 2, 1>},
    {DRM_FORMAT_YUYV, packed_422<YUY2ToI422, false>},
    {DRM_FORMAT_YVYU, packed_422<YUY2ToI422, true>},
    {DRM_FORMAT_UYVY, packed_422<UYVYToI422, false>},
    {DRM_FORMAT_VYUY, packed_422<UYVYToI422, true>},
    {DRM_FORMAT_AYUV, packed_444<2, 1, 0, true>},
    {DRM_FORMAT_XYUV8888, packed_444<2, 1, 0, false>},
    {DRM_FORMAT_AVUY8888, packed_444<0, 1, 2, true>},
    {DRM_FORMAT_XVUY8888, packed_444<0, 1, 2, false>},
    {DRM_FORMAT_VUY888, packed_24},
    {DRM_FORMAT_S010, wide<I010ToARGBMatrix, Half, Half, 10>},
    {DRM_FORMAT_S210, wide<I210ToARGBMatrix, Half, Full, 10>},
    {DRM_FORMAT_S410, wide<I410ToARGBMatrix, Full, Full, 10>},
    {DRM_FORMAT_S012, wide<I010ToARGBMatrix, Half, Half, 12>},
    {DRM_FORMAT_S212, wide<I210ToARGBMatrix, Half, Full, 12>},
    {DRM_FORMAT_S412, wide<I410ToARGBMatrix, Full, Full, 12>},
    {DRM_FORMAT_S016, wide<I010ToARGBMatrix, Half, Half, 16>},
    {DRM_FORMAT_S216, wide<I210ToARGBMatrix, Half, Full, 16>},
    {DRM_FORMAT_S416, wide<I410ToARGBMatrix, Full, Full, 16>},
};

} // namespace

std::span<const Conversion> yuv_conversions() noexcept {
    return conversions;
}

} // namespace tarmac
