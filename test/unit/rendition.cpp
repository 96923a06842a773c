// How the parts of a copy are shared between threads.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <drm_fourcc.h>
#include <random>

#include "import/rendition.hpp"

using namespace tarmac;

namespace {

/// How often each pixel of a picture is in one of the bands. Conversion writes whole chroma
/// samples, so that what a band touches is counted rather than what it names.
std::vector<int> count(const std::vector<Rect>& bands, Extent extent, bool is_inverted) {
    const auto width = static_cast<int>(extent.width), height = static_cast<int>(extent.height);
    std::vector<int> times(std::size_t{extent.width} * extent.height);
    for (const Rect& band : bands) {
        const int y = is_inverted ? height - band.y - band.height : band.y;
        REQUIRE(band.x >= 0);
        REQUIRE(y >= 0);
        REQUIRE(band.x + band.width <= width);
        REQUIRE(y + band.height <= height);
        for (int row = y / 4 * 4; row < y + band.height; ++row) {
            for (int x = band.x / 4 * 4; x < std::min((band.x + band.width + 3) / 4 * 4, width);
                 ++x)
                ++times[static_cast<std::size_t>((is_inverted ? height - 1 - row : row) * width +
                                                 x)];
        }
    }
    return times;
}

} // namespace

TEST_CASE("bands cover a region, and no two of them touch the same pixel") {
    const bool is_inverted = GENERATE(false, true);
    std::mt19937 random{static_cast<unsigned>(GENERATE(range(1, 40)))};
    const auto pick = [&](int most) { return std::uniform_int_distribution<int>{0, most}(random); };
    const Extent extent{static_cast<std::uint32_t>(1 + pick(150)),
                        static_cast<std::uint32_t>(1 + pick(150))};
    Region region;
    std::vector<Rect> rects;
    for (int i = pick(6); i >= 0; --i) {
        // Some lie outside in part.
        rects.push_back({pick(160) - 10, pick(160) - 10, 1 + pick(60), 1 + pick(60)});
        region.add(rects.back());
    }
    const Rendition rendition{.fourcc = DRM_FORMAT_XRGB8888, .is_y_inverted = is_inverted};
    const auto bands = bands_of(rendition, extent, region);
    const std::vector<int> times = count(bands, extent, is_inverted);
    std::size_t missed = 0, twice = 0;
    for (int y = 0; y < static_cast<int>(extent.height); ++y) {
        for (int x = 0; x < static_cast<int>(extent.width); ++x) {
            const int n =
                times[static_cast<std::size_t>(y) * extent.width + static_cast<std::size_t>(x)];
            const bool is_wanted = std::ranges::any_of(rects, [&](const Rect& r) {
                return x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height;
            });
            missed += is_wanted && n == 0;
            twice += n > 1;
        }
    }
    CHECK(missed == 0);
    CHECK(twice == 0);
    for (const Rect& band : bands)
        CHECK(band.height <= 32);
}

TEST_CASE("nothing stale makes no band, all of a picture one for 32 rows") {
    const Rendition rendition{.fourcc = DRM_FORMAT_XRGB8888};
    CHECK(bands_of(rendition, {100, 100}, Region{}).empty());
    CHECK(bands_of(rendition, {100, 100}, Region{Rect{0, 0, 100, 100}}) ==
          std::vector<Rect>{{0, 0, 100, 32}, {0, 32, 100, 32}, {0, 64, 100, 32}, {0, 96, 100, 4}});
}

TEST_CASE("rows of copies lie where importers and rasterizers want them") {
    CHECK(copy_stride(DRM_FORMAT_XRGB8888, 1) == 256);
    CHECK(copy_stride(DRM_FORMAT_XRGB8888, 64) == 256);
    CHECK(copy_stride(DRM_FORMAT_XRGB8888, 65) == 512);
    CHECK(copy_stride(DRM_FORMAT_ABGR16161616, 33) == 512);
    // A whole number of pixels.
    CHECK(copy_stride(DRM_FORMAT_BGR888, 1) == 768);
    CHECK(copy_stride(DRM_FORMAT_BGR888, 257) == 1536);
}
