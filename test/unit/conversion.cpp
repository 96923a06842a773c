// What holds for the conversion of every format.

#include "convert/conversion.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <random>
#include <sys/mman.h>
#include <vector>

#include "convert/vector_code.hpp"

using namespace tarmac;

namespace {

/// Random memory.
class Noise {
public:
    Noise(const PixelFormat& format, Extent extent) : picture_{format, extent, {}, {}, false} {
        picture_.color = ColorState::of(format.model);
        std::mt19937 random{format.fourcc};
        for (unsigned i = 0; i < format.n_planes; ++i) {
            const std::size_t stride = format.min_stride(i, extent.width) + 10;
            planes_[i].resize(stride * format.rows(i, extent.height));
            for (std::uint8_t& byte : planes_[i])
                byte = static_cast<std::uint8_t>(random());
            picture_.planes[i] = {planes_[i].data(), static_cast<int>(stride)};
        }
    }

    const Picture& picture() const { return picture_; }

private:
    std::array<std::vector<std::uint8_t>, MaxPlanes> planes_;
    Picture picture_;
};

constexpr int Width = 141, Height = 70, Stride = Width * 4;

/// Each convertible format, and its conversion as a whole.
template <typename Check>
void for_each_format(Check check) {
    for (const PixelFormat& format : all_pixel_formats()) {
        if (!is_convertible(format.fourcc))
            continue;
        INFO(format.name);
        const Noise noise{format, {Width, Height}};
        std::vector<std::uint8_t> whole(Stride * Height);
        convert_to_argb(noise.picture(), {0, 0, Width, Height}, whole.data(), Stride);
        check(noise.picture(), whole);
    }
}

} // namespace

TEST_CASE("a part is converted as the whole is, and nothing outside it but its chroma's pixels") {
    for_each_format([](const Picture& picture, const std::vector<std::uint8_t>& whole) {
        std::vector<std::uint8_t> part(Stride * Height, 7);
        convert_to_argb(picture, {9, 33, 30, 36}, part.data(), Stride);
        int wrong = 0;
        for (int y = 0; y < Height; ++y) {
            for (int x = 0; x < Stride; ++x) {
                const bool inside = x / 4 >= 9 && x / 4 < 39 && y >= 33 && y < 69;
                const bool near = x / 4 >= 8 && x / 4 < 40 && y >= 32 && y < 69;
                const auto at = static_cast<std::size_t>(y * Stride + x);
                wrong += inside && part[at] != whole[at];
                wrong += !near && part[at] != 7;
            }
        }
        CHECK(wrong == 0);
    });
}

TEST_CASE("a pixel is converted alike, however many stand beside it") {
    // Vector code takes so many pixels at once, and others take what is left: parts of every
    // length.
    for_each_format([](const Picture& picture, const std::vector<std::uint8_t>& whole) {
        std::mt19937 random{picture.format.fourcc};
        int wrong = 0;
        for (int width = 1; width <= Width; ++width) {
            const int left = static_cast<int>(random() % static_cast<unsigned>(Width - width + 1));
            const int top = static_cast<int>(random() % (Height - 3));
            std::vector<std::uint8_t> part(Stride * Height);
            convert_to_argb(picture, {left, top, width, 3}, part.data(), Stride);
            for (int y = top; y < top + 3; ++y) {
                const auto at = y * Stride + left * 4;
                const auto* row = whole.data() + at;
                wrong += !std::equal(row, row + width * 4, part.data() + at);
            }
        }
        CHECK(wrong == 0);
    });
}

TEST_CASE("vectors of every width convert alike") {
    const Vectors widest = widest_vectors;
    for_each_format([&](const Picture& picture, const std::vector<std::uint8_t>& whole) {
        for (const Vectors vectors : {Vectors::OfEveryCpu, Vectors::Avx2}) {
            widest_vectors = vectors;
            std::vector<std::uint8_t> out(Stride * Height);
            convert_to_argb(picture, {0, 0, Width, Height}, out.data(), Stride);
            CHECK(std::ranges::equal(out, whole));
        }
        widest_vectors = widest;
    });
}

TEST_CASE("a negative stride turns a picture upside down") {
    for_each_format([](const Picture& picture, const std::vector<std::uint8_t>& whole) {
        // Rows with a gap, and rows without one, which are converted as one long row.
        for (const int stride : {Stride + 8, Stride}) {
            std::vector<std::uint8_t> turned(static_cast<std::size_t>(stride * Height), 7);
            convert_to_argb(picture, {0, 0, Width, Height}, turned.data() + (Height - 1) * stride,
                            -stride);
            int wrong = 0;
            for (int y = 0; y < Height; ++y) {
                const auto* row = turned.data() + (Height - 1 - y) * stride;
                wrong += !std::equal(row, row + Stride, whole.data() + y * Stride);
                wrong += !std::all_of(row + Stride, row + stride, [](int b) { return b == 7; });
            }
            CHECK(wrong == 0);
        }
    });
}

TEST_CASE("rows may lie further apart than an int reaches") {
    constexpr int Far = 70'000'000, Rows = 32;
    constexpr std::size_t Size = std::size_t{Far} * Rows;
    void* memory =
        mmap(nullptr, Size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    const auto* bytes = static_cast<const std::uint8_t*>(memory);
    const Picture picture{*find_pixel_format(DRM_FORMAT_S410),
                          {1, Rows},
                          {{{bytes, Far}, {bytes, Far}, {bytes, Far}}},
                          ColorState::of(ColorModel::Yuv),
                          true};
    std::array<std::uint8_t, 4 * Rows> argb{};
    convert_to_argb(picture, {0, 0, 1, Rows}, argb.data(), 4);
    for (std::size_t row = 1; row < Rows; ++row)
        CHECK(std::equal(argb.begin(), argb.begin() + 4, argb.begin() + row * 4));
    munmap(memory, Size);
}
