// YUV to ARGB8888 where libyuv would have to be given rearranged samples or would cut them off:
// what has more than 8 bits, and what has all components of a pixel in a word.

#include <array>
#include <cmath>
#include <cstring>
#include <drm_fourcc.h>

#include "convert/conversion_band.hpp"
#include "convert/vector_code.hpp"

namespace tarmac {

namespace {

using i16 = std::int16_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// Pixels that are converted at once, in loops that compilers make vector code of.
constexpr unsigned Block = 64;
/// No format has more bytes in a plane for so many pixels.
constexpr unsigned MostBytes = Block * 8;

/// Of as many pixels: chroma is there for each. Of 16 bits: those that have less are at the upper
/// end, the rest is 0. (No std::array here: where its indices are checked a loop over it is no
/// vector code.)
struct Samples {
    u16 y[Block], u[Block], v[Block], alpha[Block];
};

/// Where the planes' bytes of those pixels are, which may be at odd places.
using Bytes = std::array<const std::uint8_t*, MaxPlanes>;

/// The `i`th of the words there.
template <typename Word>
TARMAC_INLINED Word word_at(const std::uint8_t* bytes, unsigned i) {
    Word word;
    std::memcpy(&word, bytes + i * sizeof word, sizeof word);
    return word;
}

/// A sample for two pixels. Two of them are a word, for to shift is cheaper than to shuffle.
TARMAC_INLINED void put_twice(u16 (&samples)[Block], unsigned i, u32 sample) {
    const u32 both = sample | sample << 16;
    std::memcpy(&samples[2 * i], &both, sizeof both);
}

/// Chroma with both samples of two pixels in a word.
TARMAC_INLINED void read_pairs(const std::uint8_t* bytes, u16 (&first)[Block],
                               u16 (&second)[Block]) {
    for (unsigned i = 0; i < Block / 2; ++i) {
        const auto both = word_at<u32>(bytes, i);
        put_twice(first, i, both & 0xffff);
        put_twice(second, i, both >> 16);
    }
}

// Below is what reads samples from each kind of format.

/// Luma, then chroma with both samples in a word.
struct Semiplanar {
    static constexpr bool HasAlpha = false;

    TARMAC_INLINED static void read(const Bytes& in, unsigned, Samples& samples) {
        std::memcpy(samples.y, in[0], sizeof samples.y);
        read_pairs(in[1], samples.u, samples.v);
    }
};

/// Two bytes in planes of their own. `U` and `V` are planes.
template <unsigned ChromaStep, unsigned U = 1, unsigned V = 2>
struct Planar {
    static constexpr bool HasAlpha = false;

    TARMAC_INLINED static void read(const Bytes& in, unsigned shift, Samples& samples) {
        read_all(in[0], shift, samples.y);
        read_chroma(in[U], shift, samples.u);
        read_chroma(in[V], shift, samples.v);
    }

private:
    TARMAC_INLINED static void read_all(const std::uint8_t* in, unsigned shift, u16 (&out)[Block]) {
        for (unsigned i = 0; i < Block; ++i)
            out[i] = static_cast<u16>(word_at<u16>(in, i) << shift);
    }
    TARMAC_INLINED static void read_chroma(const std::uint8_t* in, unsigned shift,
                                           u16 (&out)[Block]) {
        if constexpr (ChromaStep == 1)
            return read_all(in, shift, out);
        for (unsigned i = 0; i < Block / 2; ++i)
            put_twice(out, i, u32{word_at<u16>(in, i)} << shift & 0xffff);
    }
};

/// Luma and chroma of a pixel in a word of 16 or 32 bits, U of one pixel and V of the next.
template <typename Word, bool IsLumaFirst, bool IsUFirst>
struct Packed422 {
    static constexpr bool HasAlpha = false;

    TARMAC_INLINED static void read(const Bytes& in, unsigned, Samples& samples) {
        u16 chroma[Block];
        for (unsigned i = 0; i < Block; ++i) {
            const auto word = word_at<Word>(in[0], i);
            samples.y[i] = raised<IsLumaFirst ? 0 : 1>(word);
            chroma[i] = raised<IsLumaFirst ? 1 : 0>(word);
        }
        std::uint8_t pairs[sizeof chroma];
        std::memcpy(pairs, chroma, sizeof chroma);
        if constexpr (IsUFirst)
            read_pairs(pairs, samples.u, samples.v);
        else
            read_pairs(pairs, samples.v, samples.u);
    }

private:
    template <unsigned Place>
    TARMAC_INLINED static u16 raised(Word word) {
        constexpr unsigned Bits = sizeof(Word) * 4;
        return static_cast<u16>(static_cast<u16>(word >> (Place * Bits)) << (16 - Bits));
    }
};

/// A pixel in a word. `Y`, `U` and `V` are places in it, in components; alpha is above them.
template <typename Word, unsigned Bits, unsigned Y, unsigned U, unsigned V>
struct Packed444 {
    static constexpr bool HasAlpha = true;

    TARMAC_INLINED static void read(const Bytes& in, unsigned, Samples& samples) {
        constexpr unsigned Below = 3 * Bits, AlphaBits = sizeof(Word) * 8 - Below;
        for (unsigned i = 0; i < Block; ++i) {
            const auto word = word_at<Word>(in[0], i);
            samples.y[i] = raised<Y>(word);
            samples.u[i] = raised<U>(word);
            samples.v[i] = raised<V>(word);
            samples.alpha[i] =
                static_cast<u16>(to_byte<AlphaBits>(static_cast<u32>(word >> Below)));
        }
    }

private:
    template <unsigned Place>
    TARMAC_INLINED static u16 raised(Word word) {
        return static_cast<u16>(static_cast<u16>(word >> (Place * Bits)) << (16 - Bits));
    }
};

/// A pixel in four bytes. `Y`, `U` and `V` are places in them; alpha is in the last.
template <unsigned Y, unsigned U, unsigned V>
struct FourBytes {
    static constexpr bool HasAlpha = true;

    TARMAC_INLINED static void read(const Bytes& in, unsigned, Samples& samples) {
        for (unsigned i = 0; i < Block; ++i) {
            // Halves first: vectors hold twice as many of them.
            const auto word = word_at<u32>(in[0], i);
            const u16 halves[] = {static_cast<u16>(word), static_cast<u16>(word >> 16)};
            samples.y[i] = raised<Y % 2>(halves[Y / 2]);
            samples.u[i] = raised<U % 2>(halves[U / 2]);
            samples.v[i] = raised<V % 2>(halves[V / 2]);
            samples.alpha[i] = halves[1] >> 8;
        }
    }

private:
    template <unsigned Place>
    TARMAC_INLINED static u16 raised(u16 half) {
        return static_cast<u16>(Place == 0 ? half << 8 : half & 0xff00);
    }
};

/// A matrix for such samples. Products' upper halves count, which vectors have an operation for:
/// they and their sums are in steps of 1 / 32, as fine as fits 16 bits.
struct Coefficients {
    static constexpr int Shift = 5;

    u16 y, u_blue, u_green, v_green, v_red; ///< what is green is taken off
    u16 opaque;                             ///< what is always set of alpha
    unsigned shift;       ///< from where samples of two bytes lie to the upper end
    i16 blue, green, red; ///< for offsets; with half a step, for what is cut off after
};

Coefficients coefficients(const ColorState& color, const PixelFormat& format, unsigned shift) {
    double red = 0.299, blue = 0.114;
    if (color.matrix == ColorState::Matrix::Bt709)
        red = 0.2126, blue = 0.0722;
    else if (color.matrix == ColorState::Matrix::Bt2020)
        red = 0.2627, blue = 0.0593;
    const double green = 1 - red - blue;
    const bool is_full = color.range == ColorState::Range::Full;
    const double most = 65536 - std::ldexp(1, 16 - format.bits);
    constexpr double Steps = 255 << Coefficients::Shift;
    const double luma = Steps / (is_full ? most : 219 * 256);
    const double chroma = Steps / (is_full ? most : 224 * 256);
    const double black = is_full ? 0 : 16 * 256, grey = 128 * 256;
    const double u_blue = 2 * (1 - blue) * chroma, v_red = 2 * (1 - red) * chroma;
    const double u_green = blue / green * u_blue, v_green = red / green * v_red;
    const auto factor = [](double value) {
        return static_cast<u16>(std::lround(std::ldexp(value, 16)));
    };
    // Of each product half a unit is cut off on average.
    const auto offset = [&](double chroma_offset) {
        constexpr double HalfStep = 1 << (Coefficients::Shift - 1);
        return static_cast<i16>(std::lround(HalfStep - black * luma + chroma_offset));
    };
    return {.y = factor(luma),
            .u_blue = factor(u_blue),
            .u_green = factor(u_green),
            .v_green = factor(v_green),
            .v_red = factor(v_red),
            .opaque = static_cast<u16>(format.has_alpha ? 0 : 255),
            .shift = shift,
            .blue = offset(1 - grey * u_blue),
            .green = offset(-0.5 + grey * (u_green + v_green)),
            .red = offset(1 - grey * v_red)};
}

TARMAC_INLINED i16 upper_half(u16 sample, u16 factor) {
    return static_cast<i16>((u32{sample} * u32{factor}) >> 16);
}

TARMAC_INLINED u16 to_step(int units) {
    auto step = static_cast<i16>(static_cast<i16>(units) >> Coefficients::Shift);
    step = step > 0 ? step : i16{0};
    return static_cast<u16>(step < 255 ? step : i16{255});
}

/// Y, U and V are green, blue and red.
TARMAC_INLINED u16 to_byte_of_8(u16 sample) {
    const auto rounded = static_cast<u16>((sample >> 8) + (sample >> 7 & 1));
    return rounded < 255 ? rounded : u16{255};
}

template <class Format, bool IsGbr>
TARMAC_INLINED void convert_block(const Coefficients& c, const Bytes& in, std::uint8_t* out) {
    Samples s;
    Format::read(in, c.shift, s);
    for (unsigned i = 0; i < Block; ++i) {
        u16 blue, green, red;
        if constexpr (IsGbr) {
            blue = to_byte_of_8(s.u[i]), green = to_byte_of_8(s.y[i]), red = to_byte_of_8(s.v[i]);
        } else {
            const i16 y = upper_half(s.y[i], c.y);
            blue = to_step(y + upper_half(s.u[i], c.u_blue) + c.blue);
            green = to_step(y - upper_half(s.u[i], c.u_green) - upper_half(s.v[i], c.v_green) +
                            c.green);
            red = to_step(y + upper_half(s.v[i], c.v_red) + c.red);
        }
        const int alpha = Format::HasAlpha ? s.alpha[i] | c.opaque : 255;
        const u16 halves[] = {static_cast<u16>(blue | green << 8),
                              static_cast<u16>(red | alpha << 8)};
        std::memcpy(out + std::size_t{4} * i, &halves[0], 2);
        std::memcpy(out + std::size_t{4} * i + 2, &halves[1], 2);
    }
}

template <class Format, bool IsGbr>
TARMAC_INLINED void convert_row(const PixelFormat& format, const Coefficients& c, Bytes in,
                                std::uint8_t* out, unsigned width) {
    std::size_t block_size[MaxPlanes]{};
    for (unsigned i = 0; i < format.n_planes; ++i)
        block_size[i] = format.min_stride(i, Block);
    for (; width >= Block; width -= Block, out += Block * 4) {
        convert_block<Format, IsGbr>(c, in, out);
        for (unsigned i = 0; i < MaxPlanes; ++i)
            in[i] += block_size[i];
    }
    if (width == 0)
        return;
    // Beyond the row nothing may be read or written.
    std::uint8_t copies[MaxPlanes][MostBytes]{};
    for (unsigned i = 0; i < format.n_planes; ++i) {
        std::memcpy(copies[i], in[i], format.min_stride(i, width));
        in[i] = copies[i];
    }
    std::uint8_t argb[Block * 4];
    convert_block<Format, IsGbr>(c, in, argb);
    std::memcpy(out, argb, std::size_t{width} * 4);
}

template <class Format, bool IsGbr>
TARMAC_INLINED void convert_rows(const Band& band, unsigned shift) {
    // Its own, so that compilers know that what is written isn't that.
    const Coefficients c = coefficients(band.color, band.format, shift);
    for (int y = 0; y < band.height; ++y) {
        Bytes in{};
        for (unsigned i = 0; i < band.format.n_planes; ++i) {
            const int row = y / band.format.planes[i].vertical_subsampling;
            in[i] = band.in[i].data + std::ptrdiff_t{row} * band.in[i].stride;
        }
        convert_row<Format, IsGbr>(band.format, c, in,
                                   band.out + std::ptrdiff_t{y} * band.out_stride,
                                   static_cast<unsigned>(band.width));
    }
}

template <class Format>
void convert_shifted(const Band& band, unsigned shift) {
    // That is too rare for code of its own for each kind of vectors.
    if (band.is_gbr)
        return convert_rows<Format, true>(band, shift);
    in_widest_vectors(
        [&band, shift] [[gnu::always_inline]] () { convert_rows<Format, false>(band, shift); });
}

template <class Format, unsigned Shift = 0>
void convert(const Band& band) {
    convert_shifted<Format>(band, Shift);
}

template <typename Word, bool IsLumaFirst, bool IsUFirst>
constexpr auto packed_422 = convert<Packed422<Word, IsLumaFirst, IsUFirst>>;
template <unsigned Y, unsigned U, unsigned V>
constexpr auto four_bytes = convert<FourBytes<Y, U, V>>;
template <typename Word, unsigned Bits, unsigned Y, unsigned U, unsigned V>
constexpr auto packed_444 = convert<Packed444<Word, Bits, Y, U, V>>;
/// `Bits` at the lower end
template <unsigned Bits, unsigned ChromaStep, unsigned U = 1, unsigned V = 2>
constexpr auto planar = convert<Planar<ChromaStep, U, V>, 16 - Bits>;

constexpr Conversion conversions[] = {
    {DRM_FORMAT_P010, convert<Semiplanar>},
    {DRM_FORMAT_P012, convert<Semiplanar>},
    {DRM_FORMAT_P016, convert<Semiplanar>},
    {DRM_FORMAT_P210, convert<Semiplanar>},
    {DRM_FORMAT_YUYV, packed_422<u16, true, true>},
    {DRM_FORMAT_YVYU, packed_422<u16, true, false>},
    {DRM_FORMAT_UYVY, packed_422<u16, false, true>},
    {DRM_FORMAT_VYUY, packed_422<u16, false, false>},
    {DRM_FORMAT_AYUV, four_bytes<2, 1, 0>},
    {DRM_FORMAT_XYUV8888, four_bytes<2, 1, 0>},
    {DRM_FORMAT_AVUY8888, four_bytes<0, 1, 2>},
    {DRM_FORMAT_XVUY8888, four_bytes<0, 1, 2>},
    {DRM_FORMAT_Y210, packed_422<u32, true, true>},
    {DRM_FORMAT_Y212, packed_422<u32, true, true>},
    {DRM_FORMAT_Y216, packed_422<u32, true, true>},
    {DRM_FORMAT_Y410, packed_444<u32, 10, 1, 0, 2>},
    {DRM_FORMAT_XVYU2101010, packed_444<u32, 10, 1, 0, 2>},
    {DRM_FORMAT_XVUY2101010, packed_444<u32, 10, 0, 1, 2>},
    {DRM_FORMAT_Y412, packed_444<u64, 16, 1, 0, 2>},
    {DRM_FORMAT_Y416, packed_444<u64, 16, 1, 0, 2>},
    {DRM_FORMAT_XVYU12_16161616, packed_444<u64, 16, 1, 0, 2>},
    {DRM_FORMAT_XVYU16161616, packed_444<u64, 16, 1, 0, 2>},
    // At the upper end of two bytes, so that they are as good as 16 bits.
    {DRM_FORMAT_Q410, planar<16, 1>},
    {DRM_FORMAT_Q401, planar<16, 1, 2, 1>},
    {DRM_FORMAT_S010, planar<10, 2>},
    {DRM_FORMAT_S210, planar<10, 2>},
    {DRM_FORMAT_S410, planar<10, 1>},
    {DRM_FORMAT_S012, planar<12, 2>},
    {DRM_FORMAT_S212, planar<12, 2>},
    {DRM_FORMAT_S412, planar<12, 1>},
    {DRM_FORMAT_S016, planar<16, 2>},
    {DRM_FORMAT_S216, planar<16, 2>},
    {DRM_FORMAT_S416, planar<16, 1>},
};

} // namespace

std::span<const Conversion> deep_yuv_conversions() noexcept {
    return conversions;
}

} // namespace tarmac
