// YUV to ARGB8888, by libyuv.

#include <algorithm>
#include <drm_fourcc.h>
#include <libyuv.h>
#include <type_traits>

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

    /// Strides in samples, which have 8 or 10 bits.
    template <typename Sample>
    static void convert(const Band& b, const Sample* y, int y_stride, const Sample* u, int u_stride,
                        const Sample* v, int v_stride) {
        if (!b.is_gbr)
            return static_cast<void>(Convert(y, y_stride, u, u_stride, v, v_stride, b.out,
                                             b.out_stride, b.matrix, b.width, b.height));
        // libyuv adds luma to all three.
        for (int row = 0; row < b.height; ++row) {
            const std::ptrdiff_t chroma_row = Height == Chroma::Half ? row / 2 : row;
            const Sample* green = y + std::ptrdiff_t{row} * y_stride;
            const Sample* blue = u + chroma_row * u_stride;
            const Sample* red = v + chroma_row * v_stride;
            std::uint8_t* out = b.out + std::ptrdiff_t{row} * b.out_stride;
            for (int x = 0; x < b.width; ++x, out += 4) {
                const int chroma_x = Width == Chroma::Half ? x / 2 : x;
                out[0] = byte_of(blue[chroma_x]);
                out[1] = byte_of(green[x]);
                out[2] = byte_of(red[chroma_x]);
                out[3] = 255;
            }
        }
    }

private:
    static std::uint8_t byte_of(std::uint8_t sample) { return sample; }
    static std::uint8_t byte_of(std::uint16_t sample) {
        return static_cast<std::uint8_t>(std::min((sample + 2) >> 2, 255));
    }
};

using I420 = ToArgb<libyuv::I420ToARGBMatrix, Chroma::Half, Chroma::Half>;
using I422 = ToArgb<libyuv::I422ToARGBMatrix, Chroma::Half, Chroma::Full>;
using I444 = ToArgb<libyuv::I444ToARGBMatrix, Chroma::Full, Chroma::Full>;
using I010 = ToArgb<libyuv::I010ToARGBMatrix, Chroma::Half, Chroma::Half>;
using I210 = ToArgb<libyuv::I210ToARGBMatrix, Chroma::Half, Chroma::Full>;
using I410 = ToArgb<libyuv::I410ToARGBMatrix, Chroma::Full, Chroma::Full>;

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

/// Two pixels in four bytes.
template <auto ToPlanes, bool Swapped>
void packed_422(const Band& b) {
    const auto [y, first, second] = reserve<3>(b, b.width, b.height);
    ToPlanes(b.in[0].data, b.in[0].stride, y, b.width, first, b.width, second, b.width, b.width,
             b.height);
    I422::convert(b, y, b.width, Swapped ? second : first, b.width, Swapped ? first : second,
                  b.width);
}

/// A pixel in four bytes. `Y`, `U` and `V` are places in them.
template <unsigned Y, unsigned U, unsigned V, bool HasAlpha>
void packed_444(const Band& b) {
    const auto plane = reserve<4>(b, b.width, b.height);
    // libyuv's ARGB has blue in the first byte.
    libyuv::SplitARGBPlane(b.in[0].data, b.in[0].stride, plane[2], b.width, plane[1], b.width,
                           plane[0], b.width, plane[3], b.width, b.width, b.height);
    constexpr int Multiply = 0;
    if (HasAlpha && !b.is_gbr)
        return static_cast<void>(libyuv::I444AlphaToARGBMatrix(
            plane[Y], b.width, plane[U], b.width, plane[V], b.width, plane[3], b.width, b.out,
            b.out_stride, b.matrix, b.width, b.height, Multiply));
    I444::convert(b, plane[Y], b.width, plane[U], b.width, plane[V], b.width);
    if (HasAlpha)
        libyuv::ARGBCopyYToAlpha(plane[3], b.width, b.out, b.out_stride, b.width, b.height);
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

/// `Kept` of libyuv's 10 bits, rounded; the rest of them is 0.
template <unsigned Bits, unsigned Kept>
std::uint16_t narrow(std::uint16_t sample) {
    constexpr unsigned Drop = Bits - Kept;
    constexpr std::uint16_t Most = (1u << Kept) - 1;
    std::uint16_t kept = sample;
    // The half that is added before it is cut off would carry beyond 16 bits.
    if constexpr (Drop > 0)
        kept = static_cast<std::uint16_t>((sample >> Drop) + (sample >> (Drop - 1) & 1));
    return static_cast<std::uint16_t>(std::min(kept, Most) << (10 - Kept));
}
// libyuv cuts chroma off after 8 bits.
constexpr unsigned KeptLuma = 10, KeptChroma = 8;

std::uint16_t* samples(std::uint8_t* plane) {
    return reinterpret_cast<std::uint16_t*>(plane);
}

/// Where samples of two bytes lie: in a plane, the `first` of every `step` samples, counted from 0.
struct Samples {
    unsigned plane, first = 0, step = 1;
};

/// One of the samples that are read together.
template <typename Group, unsigned First, unsigned Bits, unsigned Kept>
std::uint16_t narrow_one(Group group) {
    return narrow<Bits, Kept>(static_cast<std::uint16_t>(group >> (First * 16)));
}

template <Samples From, unsigned Bits, unsigned Kept>
void narrow_samples(const Band& b, std::uint8_t* to, int width, int height) {
    using Pair = std::conditional_t<From.step == 2, std::uint32_t, std::uint64_t>;
    using Group = std::conditional_t<From.step == 1, std::uint16_t, Pair>;
    const Picture::Plane& in = b.in[From.plane];
    convert_elements<Group, std::uint16_t, narrow_one<Group, From.first, Bits, Kept>>(
        in.data, in.stride, to, b.width * 2, width, height);
}

struct Components {
    Samples y, u, v;
};
constexpr Components Planar{{0}, {1}, {2}}, PlanarVu{{0}, {2}, {1}};
constexpr Components Semiplanar{{0}, {1, 0, 2}, {1, 1, 2}};
constexpr Components Packed422{{0, 0, 2}, {0, 1, 4}, {0, 3, 4}};

/// Samples in two bytes, `Bits` of them used, at the lower end. libyuv takes 10 bits of each.
template <class Planes, Components From, unsigned Bits>
void wide(const Band& b) {
    const auto [y, u, v] = reserve<3>(b, b.width * 2, b.height);
    const int width = Planes::chroma_width(b), height = Planes::chroma_height(b);
    narrow_samples<From.y, Bits, KeptLuma>(b, y, b.width, b.height);
    narrow_samples<From.u, Bits, KeptChroma>(b, u, width, height);
    narrow_samples<From.v, Bits, KeptChroma>(b, v, width, height);
    Planes::convert(b, samples(y), b.width, samples(u), b.width, samples(v), b.width);
}

template <typename Word, unsigned Bits>
std::uint32_t field(Word word, unsigned shift) {
    return static_cast<std::uint32_t>(word >> shift) & ((1u << Bits) - 1);
}

template <typename Word, unsigned Bits, unsigned Shift, unsigned Kept>
std::uint16_t component(Word word) {
    return narrow<Bits, Kept>(static_cast<std::uint16_t>(field<Word, Bits>(word, Shift)));
}

/// What is left above three components.
template <typename Word, unsigned Bits>
std::uint8_t alpha(Word word) {
    constexpr unsigned AlphaBits = sizeof(Word) * 8 - 3 * Bits;
    return static_cast<std::uint8_t>(to_byte<AlphaBits>(field<Word, AlphaBits>(word, 3 * Bits)));
}

/// A pixel in a word. `Y`, `U` and `V` are places in it, in components.
template <typename Word, unsigned Bits, unsigned Y, unsigned U, unsigned V, bool HasAlpha>
void words(const Band& b) {
    const Picture::Plane& in = b.in[0];
    const int stride = b.width * 2;
    const auto [y, u, v] = reserve<3>(b, stride, b.height);
    convert_elements<Word, std::uint16_t, component<Word, Bits, Y * Bits, KeptLuma>>(
        in.data, in.stride, y, stride, b.width, b.height);
    convert_elements<Word, std::uint16_t, component<Word, Bits, U * Bits, KeptChroma>>(
        in.data, in.stride, u, stride, b.width, b.height);
    convert_elements<Word, std::uint16_t, component<Word, Bits, V * Bits, KeptChroma>>(
        in.data, in.stride, v, stride, b.width, b.height);
    I410::convert(b, samples(y), b.width, samples(u), b.width, samples(v), b.width);
    if constexpr (HasAlpha) {
        convert_elements<Word, std::uint8_t, alpha<Word, Bits>>(in.data, in.stride, y, b.width,
                                                                b.width, b.height);
        libyuv::ARGBCopyYToAlpha(y, b.width, b.out, b.out_stride, b.width, b.height);
    }
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
    // At the upper end of two bytes, so that they are as good as 16 bits.
    {DRM_FORMAT_P010, wide<I010, Semiplanar, 16>},
    {DRM_FORMAT_P012, wide<I010, Semiplanar, 16>},
    {DRM_FORMAT_P016, wide<I010, Semiplanar, 16>},
    {DRM_FORMAT_P210, wide<I210, Semiplanar, 16>},
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
    {DRM_FORMAT_YUYV, packed_422<YUY2ToI422, false>},
    {DRM_FORMAT_YVYU, packed_422<YUY2ToI422, true>},
    {DRM_FORMAT_UYVY, packed_422<UYVYToI422, false>},
    {DRM_FORMAT_VYUY, packed_422<UYVYToI422, true>},
    {DRM_FORMAT_AYUV, packed_444<2, 1, 0, true>},
    {DRM_FORMAT_XYUV8888, packed_444<2, 1, 0, false>},
    {DRM_FORMAT_AVUY8888, packed_444<0, 1, 2, true>},
    {DRM_FORMAT_XVUY8888, packed_444<0, 1, 2, false>},
    {DRM_FORMAT_VUY888, packed_24},
    {DRM_FORMAT_Y8, grey},
    {DRM_FORMAT_Y210, wide<I210, Packed422, 16>},
    {DRM_FORMAT_Y212, wide<I210, Packed422, 16>},
    {DRM_FORMAT_Y216, wide<I210, Packed422, 16>},
    {DRM_FORMAT_Y410, words<std::uint32_t, 10, 1, 0, 2, true>},
    {DRM_FORMAT_XVYU2101010, words<std::uint32_t, 10, 1, 0, 2, false>},
    {DRM_FORMAT_XVUY2101010, words<std::uint32_t, 10, 0, 1, 2, false>},
    {DRM_FORMAT_Y412, words<std::uint64_t, 16, 1, 0, 2, true>},
    {DRM_FORMAT_Y416, words<std::uint64_t, 16, 1, 0, 2, true>},
    {DRM_FORMAT_XVYU12_16161616, words<std::uint64_t, 16, 1, 0, 2, false>},
    {DRM_FORMAT_XVYU16161616, words<std::uint64_t, 16, 1, 0, 2, false>},
    {DRM_FORMAT_Q410, wide<I410, Planar, 16>},
    {DRM_FORMAT_Q401, wide<I410, PlanarVu, 16>},
    {DRM_FORMAT_S010, wide<I010, Planar, 10>},
    {DRM_FORMAT_S210, wide<I210, Planar, 10>},
    {DRM_FORMAT_S410, wide<I410, Planar, 10>},
    {DRM_FORMAT_S012, wide<I010, Planar, 12>},
    {DRM_FORMAT_S212, wide<I210, Planar, 12>},
    {DRM_FORMAT_S412, wide<I410, Planar, 12>},
    {DRM_FORMAT_S016, wide<I010, Planar, 16>},
    {DRM_FORMAT_S216, wide<I210, Planar, 16>},
    {DRM_FORMAT_S416, wide<I410, Planar, 16>},
};

} // namespace

std::span<const Conversion> yuv_conversions() noexcept {
    return conversions;
}

} // namespace tarmac
