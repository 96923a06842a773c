#include "import/yuv.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <libyuv.h>
#include <libyuv/row.h>
#include <vector>

namespace tarmac {

namespace {

using Planes = std::array<YuvPicture::Plane, MaxPlanes>;

/// Some rows of a picture, and what they become.
struct Band {
    Planes in;
    std::uint8_t* out;
    int out_stride;
    int width, height;
    const libyuv::YuvConstants* matrix;
    bool premultiplies;
    std::vector<std::uint8_t>& scratch;

    int half_width() const { return (width + 1) / 2; }
};

/// Planes of scratch memory, as many as were asked for, `row` bytes by `height`.
template <std::size_t N>
std::array<std::uint8_t*, N> reserve(const Band& band, int row, int height) {
    const auto size = static_cast<std::size_t>(row) * static_cast<std::size_t>(height);
    band.scratch.resize(std::max(band.scratch.size(), N * size));
    std::array<std::uint8_t*, N> planes;
    for (std::size_t i = 0; i < N; ++i)
        planes[i] = band.scratch.data() + i * size;
    return planes;
}

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
                                      b.height, b.premultiplies);
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
        const YuvPicture::Plane& in = b.in[Step == 2 ? std::min(i, 1u) : i];
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

struct Conversion {
    std::uint32_t fourcc;
    void (*convert)(const Band&);
};

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

const Conversion* find_conversion(std::uint32_t fourcc) {
    const auto* found = std::ranges::find(conversions, fourcc, &Conversion::fourcc);
    return found != std::end(conversions) ? found : nullptr;
}

/// libyuv's constants with the coefficient of blue that it cuts off at 2, which leaves saturated
/// blue a dozen steps too dark. In 64ths.
YuvConstants with_blue(const YuvConstants& cut, std::uint8_t coefficient) {
    YuvConstants whole = cut;
#if defined(__aarch64__) || defined(__arm__)
    whole.kUVCoeff[0] = coefficient;
#else
    for (std::size_t i = 0; i < std::size(whole.kUVToB); i += 2)
        whole.kUVToB[i] = coefficient;
#endif
    return whole;
}

const YuvConstants* constants_of(const ColorState& color) {
    // Aligned as libyuv's own, which it loads whole.
    // 1.772 (BT.601), 1.8556 (BT.709) and 1.8814 (BT.2020), each times 255 / 224.
    alignas(32) static const YuvConstants bt601_limited = with_blue(kYuvI601Constants, 129);
    alignas(32) static const YuvConstants bt709_limited = with_blue(kYuvH709Constants, 135);
    alignas(32) static const YuvConstants bt2020_limited = with_blue(kYuv2020Constants, 137);
    const bool is_full = color.range == ColorState::Range::Full;
    switch (color.matrix) {
    case ColorState::Matrix::Bt709:
        return is_full ? &kYuvF709Constants : &bt709_limited;
    case ColorState::Matrix::Bt2020:
        return is_full ? &kYuvV2020Constants : &bt2020_limited;
    default:
        return is_full ? &kYuvJPEGConstants : &bt601_limited;
    }
}

// Small enough for scratch memory to stay in the cache; a whole number of chroma samples.
constexpr int BandHeight = 32;
// No format has chroma samples of more pixels.
constexpr int Grain = 4;

} // namespace

bool is_convertible(std::uint32_t fourcc) noexcept {
    return find_conversion(fourcc) != nullptr;
}

void convert_to_argb(const YuvPicture& picture, const Rect& part, std::uint8_t* argb, int stride) {
    const Conversion* conversion = find_conversion(picture.format.fourcc);
    const int left = part.x / Grain * Grain, top = part.y / Grain * Grain;
    const int right = std::min((part.x + part.width + Grain - 1) / Grain * Grain,
                               static_cast<int>(picture.extent.width));
    const int bottom = std::min(part.y + part.height, static_cast<int>(picture.extent.height));
    std::vector<std::uint8_t> scratch;
    for (int y = top; y < bottom; y += BandHeight) {
        Band band{.in = {},
                  .out = argb + static_cast<std::ptrdiff_t>(y) * stride + left * 4,
                  .out_stride = stride,
                  .width = right - left,
                  .height = std::min(BandHeight, bottom - y),
                  .matrix = constants_of(picture.color),
                  .premultiplies = !picture.is_premultiplied,
                  .scratch = scratch};
        for (unsigned i = 0; i < picture.format.n_planes; ++i) {
            const PlaneFormat& plane = picture.format.planes[i];
            const int column = left / plane.horizontal_subsampling / plane.block_width;
            const int row = y / plane.vertical_subsampling / plane.block_height;
            band.in[i] = {picture.planes[i].data +
                              static_cast<std::ptrdiff_t>(row) * picture.planes[i].stride +
                              column * plane.bytes_per_block,
                          picture.planes[i].stride};
        }
        conversion->convert(band);
    }
}

} // namespace tarmac
