// What clients say of an image, in any numbers, against an oracle that has room for all of them:
// what Dmabuf::create() takes and refuses, and how what it took is shown.

#include <array>
#include <drm_fourcc.h>
#include <optional>
#include <tarmac/dmabuf.hpp>

#include "fuzz/decision_oracle.hpp"
#include "fuzz/fake_files.hpp"
#include "fuzz/format_oracle.hpp"
#include "fuzz/input.hpp"

using namespace tarmac;
using test::FakeFile;
using test::FuzzInput;
using test::Wide;

namespace {

constexpr std::uint64_t modifiers[] = {
    DRM_FORMAT_MOD_LINEAR,
    DRM_FORMAT_MOD_INVALID,
    I915_FORMAT_MOD_X_TILED,
    I915_FORMAT_MOD_Y_TILED_CCS,
    I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS,
    I915_FORMAT_MOD_Y_TILED_GEN12_RC_CCS_CC,
    I915_FORMAT_MOD_4_TILED_DG2_RC_CCS_CC,
    DRM_FORMAT_MOD_BROADCOM_VC4_T_TILED,
    AMD_FMT_MOD | AMD_FMT_MOD_SET(DCC, 1) | AMD_FMT_MOD_SET(TILE_VERSION, 2),
};

/// A few, some at the limit, or any.
std::uint32_t pick_length(FuzzInput& input) {
    switch (input.below(4)) {
    case 0:
        return input.below(72);
    case 1:
        return Dmabuf::MaxSize - 2 + input.below(5);
    case 2:
        return input.number<std::uint16_t>();
    default:
        return input.number<std::uint32_t>();
    }
}

/// `exact` or just beside it; often that is where things go wrong.
std::uint32_t near(FuzzInput& input, Wide exact) {
    return static_cast<std::uint32_t>(exact + input.below(5) - 2);
}

std::uint32_t pick_stride(FuzzInput& input, Wide least) {
    switch (input.below(4)) {
    case 0:
    case 1:
        return near(input, least);
    case 2:
        return near(input, 0x7fffffff);
    default:
        return input.number<std::uint32_t>();
    }
}

std::uint32_t pick_offset(FuzzInput& input) {
    switch (input.below(4)) {
    case 0:
        return 0;
    case 1:
        return input.number<std::uint8_t>();
    case 2:
        return near(input, 0xfffffffd);
    default:
        return input.number<std::uint32_t>();
    }
}

struct Case {
    DmabufDescription image;
    PlaneEnd end;
    std::array<FakeFile, MaxPlanes> files;
};

Case make_case(FuzzInput& input) {
    Case made{};
    DmabufDescription& image = made.image;
    const PixelFormat& format = input.pick(all_pixel_formats());
    image.fourcc = input.below(32) == 31 ? input.number<std::uint32_t>() : format.fourcc;
    image.width = pick_length(input);
    image.height = pick_length(input);
    image.modifier = input.below(8) == 7 ? input.number<std::uint64_t>() : input.pick(modifiers);
    const auto count = test::expected_plane_count(format, image.modifier);
    image.n_planes = input.below(16) == 15 ? input.below(7) : count.least;
    made.end = input.coin() ? PlaneEnd::Pixel : PlaneEnd::Stride;
    image.is_y_inverted = input.coin();
    image.is_premultiplied = !input.coin();
    if (input.coin())
        image.color = test::pick_color(input);
    for (unsigned i = 0; i < MaxPlanes; ++i) {
        // Of planes that a format lacks nothing is known.
        const unsigned like = std::min(i, format.n_planes - 1u);
        Plane& plane = image.planes[i];
        plane.stride = pick_stride(input, test::row_bytes(format, like, image.width));
        plane.offset = pick_offset(input);
        FakeFile& file = made.files[i];
        file.inode = input.below(3);
        const unsigned place = test::has_rows(format, image.modifier) ? like : i;
        const Wide end = test::expected_end(image, format, place, made.end);
        const unsigned how = input.number<std::uint8_t>();
        file.size = how % 4 == 3 ? input.number<std::uint64_t>() >> 1
                                 : static_cast<std::uint64_t>(end + how % 3 - 1);
        file.size &= INT64_MAX;
        file.is_writable = how < 128;
        file.is_dmabuf = how % 32 != 31;
        file.tells_size = how % 32 != 30;
        if (how % 64 != 29)
            plane.fd = test::open_fake_file(file);
    }
    return made;
}

struct Verdict {
    Fault fault;
    std::optional<unsigned> plane = {};
};

/// Why it has to be refused: what comes first in the list that Dmabuf::create() promises.
std::optional<Verdict> expected_verdict(const Case& given) {
    const DmabufDescription& image = given.image;
    const auto is_size = [](std::uint32_t n) { return n >= 1 && n <= 65536; };
    if (!is_size(image.width) || !is_size(image.height))
        return Verdict{Fault::InvalidDimensions};
    const PixelFormat* format = find_pixel_format(image.fourcc);
    if (!format)
        return Verdict{Fault::InvalidFormat};
    if (image.n_planes == 0 || image.n_planes > MaxPlanes ||
        !test::expected_plane_count(*format, image.modifier).contains(image.n_planes))
        return Verdict{Fault::Incomplete};
    for (unsigned i = 0; i < image.n_planes; ++i) {
        if (!image.planes[i].fd)
            return Verdict{Fault::Incomplete, i};
    }
    for (unsigned i = 0; i < image.n_planes; ++i) {
        const FakeFile& file = given.files[i];
        if (!file.is_dmabuf || !file.tells_size)
            return Verdict{Fault::NotADmabuf, i};
        const Wide stride = image.planes[i].stride;
        const bool is_too_short = (stride == 0 && i < format->n_planes) ||
                                  (test::has_rows(*format, image.modifier) &&
                                   stride < test::row_bytes(*format, i, image.width));
        if (is_too_short || test::expected_end(image, *format, i, given.end) > file.size)
            return Verdict{Fault::OutOfBounds, i};
    }
    return std::nullopt;
}

void check_refusal(const Error& error, const std::optional<Verdict>& expected) {
    FUZZ_CHECK(expected, error.message);
    FUZZ_CHECK(error.fault == expected->fault, error.message);
    FUZZ_CHECK(error.plane == expected->plane, error.message);
    FUZZ_CHECK(!error.message.empty(), "no sentence");
    FUZZ_CHECK(test::count_open_fake_files() == 0, "a refused image keeps descriptors open");
}

struct Numbers {
    std::uint32_t width, height, fourcc;
    std::uint64_t modifier;
    unsigned n_planes;
    std::array<std::array<std::int64_t, 3>, MaxPlanes> planes;

    friend bool operator==(const Numbers&, const Numbers&) = default;
};

template <class Planes>
Numbers numbers_of(std::uint32_t width, std::uint32_t height, std::uint32_t fourcc,
                   std::uint64_t modifier, const Planes& planes, unsigned n_planes) {
    Numbers numbers{width, height, fourcc, modifier, n_planes, {}};
    for (unsigned i = 0; i < std::min(n_planes, MaxPlanes); ++i)
        numbers.planes[i] = {planes[i].fd.get(), planes[i].offset, planes[i].stride};
    return numbers;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input{data, size};
    {
        Case given = make_case(input);
        const auto expected = expected_verdict(given);
        DmabufDescription& image = given.image;
        const Numbers numbers = numbers_of(image.width, image.height, image.fourcc, image.modifier,
                                           image.planes, image.n_planes);
        const auto dmabuf = Dmabuf::create(std::move(image), given.end);
        if (!dmabuf) {
            check_refusal(dmabuf.error(), expected);
        } else {
            FUZZ_CHECK(!expected, "what has to be refused is taken");
            FUZZ_CHECK(numbers == numbers_of(dmabuf->width(), dmabuf->height(), dmabuf->fourcc(),
                                             dmabuf->modifier(), dmabuf->planes(),
                                             static_cast<unsigned>(dmabuf->planes().size())),
                       "what was taken isn't what was given");
            for (unsigned i = 0; i < numbers.n_planes; ++i)
                FUZZ_CHECK(dmabuf->inode(i) == given.files[i].inode, "the wrong dma-buf");
            test::check_decision(input, *dmabuf);
        }
    }
    FUZZ_CHECK(test::count_open_fake_files() == 0, "descriptors stay open");
    test::forget_fake_files();
    return 0;
}
