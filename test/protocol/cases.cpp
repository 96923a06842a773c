#include "protocol/cases.hpp"

#include <drm_fourcc.h>

#include "linux-dmabuf-v1-client-protocol.h"

namespace test {

namespace {

using tarmac::FormatModifier;

constexpr std::uint64_t Linear = DRM_FORMAT_MOD_LINEAR, Implicit = DRM_FORMAT_MOD_INVALID;
// A vendor that doesn't exist.
constexpr std::uint64_t NobodysModifier = 0x7f00000000000001;
// How much more than the card a dma-buf may hold, since the kernel deals in pages.
constexpr std::uint32_t Page = 4096;

const Answer Created{Answer::Created, 0, {}};
const Answer Failed{Answer::Failed, 0, {}};

std::vector<Answer> error(std::uint32_t code) {
    return {protocol_error(code)};
}
/// What the spec says may be a fatal error.
std::vector<Answer> error_or_failed(std::uint32_t code) {
    return {protocol_error(code), Failed};
}
constexpr std::uint32_t AlreadySet = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET,
                        PlaneIndex = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX,
                        Incomplete = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE,
                        InvalidFormat = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT,
                        Dimensions = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS,
                        OutOfBounds = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS,
                        DeviceSize = ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DEV_T_SIZE;

constexpr FormatModifier XrgbImplicit{DRM_FORMAT_XRGB8888, Implicit};
constexpr FormatModifier ArgbLinear{DRM_FORMAT_ARGB8888, Linear};
constexpr FormatModifier Nv12Linear{DRM_FORMAT_NV12, Linear};
constexpr FormatModifier Nv12Implicit{DRM_FORMAT_NV12, Implicit};
constexpr FormatModifier Yuv420Linear{DRM_FORMAT_YUV420, Linear};

/// NV12 of the card's size, both planes in one dma-buf.
std::vector<PlaneRequest> nv12() {
    return {{.index = 0, .stride = CardWidth},
            {.index = 1, .offset = CardWidth * CardHeight, .stride = CardWidth}};
}
std::vector<PlaneRequest> yuv420() {
    constexpr std::uint32_t luma = CardWidth * CardHeight, chroma = luma / 4;
    return {{.index = 0, .stride = CardWidth},
            {.index = 1, .offset = luma, .stride = CardWidth / 2},
            {.index = 2, .offset = luma + chroma, .stride = CardWidth / 2}};
}
std::vector<PlaneRequest> reversed(std::vector<PlaneRequest> planes) {
    return {planes.rbegin(), planes.rend()};
}
/// `planes` with one of them changed.
template <class Change>
std::vector<PlaneRequest> with(std::vector<PlaneRequest> planes, std::size_t index, Change change) {
    change(planes[index]);
    return planes;
}

void add_good_buffers(std::vector<Case>& cases) {
    const auto good = [&](Case c) {
        c.allowed = {Created};
        cases.push_back(std::move(c));
    };
    good({.name = "XRGB8888"});
    good({.name = "ARGB8888", .fourcc = DRM_FORMAT_ARGB8888, .needs = {ArgbLinear}});
    good({.name = "an implicit modifier", .planes = {{.modifier = Implicit}}, .needs = {XrgbImplicit}});
    good({.name = "1x1 pixel", .width = 1, .height = 1});
    good({.name = "an odd size", .width = 63, .height = 61});
    good({.name = "a stride longer than a row", .width = 32});
    good({.name = "an offset of a row", .planes = {{.offset = CardStride}}, .height = CardHeight - 1});
    good({.name = "the last row ends where the dma-buf ends",
          .planes = {{.offset = CardStride * 32}}, .height = 32});
    good({.name = "NV12 in one dma-buf", .planes = nv12(), .fourcc = DRM_FORMAT_NV12,
          .needs = {Nv12Linear}});
    good({.name = "NV12, planes added in the other order", .planes = reversed(nv12()),
          .fourcc = DRM_FORMAT_NV12, .needs = {Nv12Linear}});
    good({.name = "NV12 of an odd size", .planes = nv12(), .width = 63, .height = 63,
          .fourcc = DRM_FORMAT_NV12, .needs = {Nv12Linear}});
    good({.name = "NV12 whose chroma lies before the luma",
          .planes = {{.index = 0, .offset = CardWidth * CardHeight / 2, .stride = CardWidth},
                     {.index = 1, .offset = 0, .stride = CardWidth}},
          .fourcc = DRM_FORMAT_NV12, .needs = {Nv12Linear}});
    good({.name = "YUV420 in one dma-buf", .planes = yuv420(), .fourcc = DRM_FORMAT_YUV420,
          .needs = {Yuv420Linear}});
    for (unsigned version = 1; version <= 5; ++version)
        good({.name = "XRGB8888, version " + std::to_string(version),
              .planes = {{.modifier = version < 3 ? Implicit : Linear}},
              .version = version,
              .needs = version < 3 ? std::vector{XrgbImplicit} : std::vector<FormatModifier>{}});
    for (const unsigned version : {1u, 2u})
        good({.name = "a meaningless modifier, version " + std::to_string(version),
              .planes = {{.modifier = 0x1234567812345678}},
              .version = version, .needs = {XrgbImplicit}});
}

void add_wrong_planes(std::vector<Case>& cases) {
    const auto wrong = [&](std::string name, std::vector<PlaneRequest> planes,
                           std::vector<Answer> allowed, std::uint32_t fourcc = DRM_FORMAT_XRGB8888,
                           std::vector<FormatModifier> needs = {}) {
        cases.push_back({.name = std::move(name), .planes = std::move(planes), .fourcc = fourcc,
                         .allowed = std::move(allowed), .needs = std::move(needs)});
    };
    wrong("no planes", {}, error_or_failed(Incomplete));
    for (unsigned index = 1; index < 4; ++index)
        wrong("only plane " + std::to_string(index), {{.index = index}},
              error_or_failed(Incomplete));
    wrong("planes 0 and 2", {{.index = 0}, {.index = 2}}, error_or_failed(Incomplete));
    wrong("planes 0 and 3", {{.index = 0}, {.index = 3}}, error_or_failed(Incomplete));
    wrong("planes 0, 1 and 3", {{.index = 0}, {.index = 1}, {.index = 3}},
          error_or_failed(Incomplete));
    wrong("plane 0 twice", {{.index = 0}, {.index = 0}}, error(AlreadySet));
    wrong("plane 3 twice", {{.index = 3}, {.index = 3}}, error(AlreadySet));
    for (const std::uint32_t index : {4u, 5u, 255u, 0x80000000u, 0xffffffffu})
        wrong("plane index " + std::to_string(index), {{.index = index}}, error(PlaneIndex));
    wrong("a second plane for XRGB8888", {{.index = 0}, {.index = 1}}, error_or_failed(Incomplete));
    wrong("four planes for XRGB8888", {{.index = 0}, {.index = 1}, {.index = 2}, {.index = 3}},
          error_or_failed(Incomplete));
    wrong("one plane for NV12", {nv12()[0]}, error_or_failed(Incomplete), DRM_FORMAT_NV12,
          {Nv12Linear});
    wrong("three planes for NV12", yuv420(), error_or_failed(Incomplete), DRM_FORMAT_NV12,
          {Nv12Linear});
    wrong("two planes for YUV420", nv12(), error_or_failed(Incomplete), DRM_FORMAT_YUV420,
          {Yuv420Linear});
    wrong("implicit: a second plane for XRGB8888",
          {{.index = 0, .modifier = Implicit}, {.index = 1, .modifier = Implicit}},
          error_or_failed(Incomplete), DRM_FORMAT_XRGB8888, {XrgbImplicit});
}

void add_wrong_formats(std::vector<Case>& cases) {
    const std::pair<const char*, std::uint32_t> unknown[] = {
        {"fourcc 0", 0},
        {"fourcc 0xffffffff", 0xffffffff},
        {"a fourcc that doesn't exist", 0x5a5a5a5a},
        {"XRGB8888, big-endian", DRM_FORMAT_XRGB8888 | DRM_FORMAT_BIG_ENDIAN},
        {"a wl_shm format code", 1},
    };
    for (const auto& [name, fourcc] : unknown) {
        cases.push_back({.name = name, .fourcc = fourcc, .allowed = error(InvalidFormat)});
        cases.push_back({.name = std::string{name} + ", version 3", .fourcc = fourcc, .version = 3,
                         .allowed = error_or_failed(InvalidFormat)});
    }
    cases.push_back({.name = "a fourcc that isn't advertised", .fourcc = DRM_FORMAT_C8,
                     .allowed = error(InvalidFormat)});
    cases.push_back({.name = "a fourcc that isn't advertised, version 3", .fourcc = DRM_FORMAT_C8,
                     .version = 3, .allowed = {Failed, protocol_error(InvalidFormat)}});
    for (const unsigned version : {4u, 5u, 6u})
        cases.push_back({.name = "a modifier that isn't advertised, version " + std::to_string(version),
                         .planes = {{.modifier = NobodysModifier}}, .version = version,
                         .allowed = error(InvalidFormat)});
    cases.push_back({.name = "a modifier that isn't advertised, version 3",
                     .planes = {{.modifier = NobodysModifier}}, .version = 3,
                     .allowed = {Failed, protocol_error(InvalidFormat)}});
    cases.push_back({.name = "a modifier that differs in its upper half only",
                     .planes = {{.modifier = std::uint64_t{0x7f} << 56}},
                     .allowed = error(InvalidFormat)});

    const auto mixed = with(nv12(), 1, [](PlaneRequest& plane) { plane.modifier = Implicit; });
    for (const unsigned version : {5u, 6u})
        cases.push_back({.name = "planes whose modifiers differ, version " + std::to_string(version),
                         .planes = mixed, .fourcc = DRM_FORMAT_NV12, .version = version,
                         .allowed = error(InvalidFormat), .needs = {Nv12Linear, Nv12Implicit}});
    for (const unsigned version : {3u, 4u})
        cases.push_back({.name = "planes whose modifiers differ, version " + std::to_string(version),
                         .planes = mixed, .fourcc = DRM_FORMAT_NV12, .version = version,
                         .allowed = {Failed, protocol_error(InvalidFormat)},
                         .needs = {Nv12Linear, Nv12Implicit}});
}

void add_wrong_sizes(std::vector<Case>& cases) {
    const std::pair<std::int32_t, std::int32_t> sizes[] = {
        {0, CardHeight}, {CardWidth, 0},         {0, 0},
        {-1, CardHeight}, {CardWidth, -1},       {INT32_MIN, CardHeight},
        {CardWidth, INT32_MIN}, {-CardWidth, -CardHeight},
    };
    for (const auto& [width, height] : sizes)
        cases.push_back({.name = std::to_string(width) + "x" + std::to_string(height) + " pixels",
                         .width = width, .height = height,
                         .allowed = error_or_failed(Dimensions)});
    // Too large for the dma-buf, or for anything: which of the two is nobody's business.
    for (const auto& [width, height] : {std::pair{INT32_MAX, INT32_MAX}, {INT32_MAX, 1},
                                        {1, INT32_MAX}, {1 << 20, 1}, {65537, 65537}})
        cases.push_back({.name = std::to_string(width) + "x" + std::to_string(height) + " pixels",
                         .width = width, .height = height,
                         .allowed = {protocol_error(Dimensions), protocol_error(OutOfBounds), Failed}});
}

void add_wrong_bounds(std::vector<Case>& cases) {
    const auto wrong = [&](std::string name, std::vector<PlaneRequest> planes,
                           std::uint32_t fourcc = DRM_FORMAT_XRGB8888,
                           std::vector<FormatModifier> needs = {}, std::int32_t height = CardHeight) {
        cases.push_back({.name = std::move(name), .planes = std::move(planes), .height = height,
                         .fourcc = fourcc, .allowed = error_or_failed(OutOfBounds),
                         .needs = std::move(needs)});
    };
    wrong("stride 0", {{.stride = 0}});
    wrong("a stride a byte shorter than a row", {{.stride = CardStride - 1}});
    wrong("a stride of one byte", {{.stride = 1}});
    wrong("a stride of half a row", {{.stride = CardStride / 2}});
    wrong("one row too many", {{}}, DRM_FORMAT_XRGB8888, {}, CardHeight + 1);
    wrong("a thousand rows too many", {{}}, DRM_FORMAT_XRGB8888, {}, CardHeight + 1000);
    wrong("an offset of a page", {{.offset = Page}});
    wrong("an offset of one byte", {{.offset = 1}});
    wrong("an offset at the end", {{.offset = CardSize}});
    wrong("an offset beyond the end", {{.offset = CardSize + Page}});
    wrong("the largest offset", {{.offset = UINT32_MAX}});
    wrong("the largest stride", {{.stride = UINT32_MAX}});
    wrong("the largest offset and stride", {{.offset = UINT32_MAX, .stride = UINT32_MAX}});
    wrong("an offset and a stride whose sum is 0 in 32 bits",
          {{.offset = UINT32_MAX - CardStride + 1}});
    wrong("a stride whose rows are 0 bytes in 32 bits", {{.stride = 1u << 26}});
    wrong("implicit: one row too many", {{.modifier = Implicit}}, DRM_FORMAT_XRGB8888,
          {XrgbImplicit}, CardHeight + 1);
    wrong("implicit: a stride shorter than a row",
          {{.stride = CardStride - 4, .modifier = Implicit}}, DRM_FORMAT_XRGB8888, {XrgbImplicit});
    wrong("NV12: luma beyond the end",
          with(nv12(), 0, [](PlaneRequest& plane) { plane.offset = CardSize - Page + 1; }),
          DRM_FORMAT_NV12, {Nv12Linear});
    wrong("NV12: chroma beyond the end",
          with(nv12(), 1, [](PlaneRequest& plane) { plane.offset = CardSize - Page / 4; }),
          DRM_FORMAT_NV12, {Nv12Linear});
    wrong("NV12: a chroma stride a byte too short",
          with(nv12(), 1, [](PlaneRequest& plane) { plane.stride = CardWidth - 1; }),
          DRM_FORMAT_NV12, {Nv12Linear});
    wrong("NV12: chroma stride 0", with(nv12(), 1, [](PlaneRequest& plane) { plane.stride = 0; }),
          DRM_FORMAT_NV12, {Nv12Linear});
    wrong("NV12: chroma offset that overflows",
          with(nv12(), 1, [](PlaneRequest& plane) { plane.offset = UINT32_MAX - 63; }),
          DRM_FORMAT_NV12, {Nv12Linear});
    wrong("YUV420: the third plane beyond the end",
          with(yuv420(), 2, [](PlaneRequest& plane) { plane.offset = CardSize - 64; }),
          DRM_FORMAT_YUV420, {Yuv420Linear});
    wrong("YUV420: a stride of the third plane a byte too short",
          with(yuv420(), 2, [](PlaneRequest& plane) { plane.stride = CardWidth / 2 - 1; }),
          DRM_FORMAT_YUV420, {Yuv420Linear});
}

void add_wrong_files(std::vector<Case>& cases) {
    const std::pair<const char*, PlaneFiles::Kind> files[] = {
        {"/dev/null", PlaneFiles::DevNull},
        {"a memfd", PlaneFiles::Memfd},
        {"a pipe", PlaneFiles::Pipe},
        {"a socket", PlaneFiles::Socket},
        {"a directory", PlaneFiles::Directory},
        {"a deleted file", PlaneFiles::DeletedFile},
        {"a dma-buf opened with O_PATH", PlaneFiles::PathOnly},
        {"an eventfd", PlaneFiles::Eventfd},
    };
    // A file without a size fails its bounds in a compositor that asks for them first.
    const std::vector<Answer> allowed = {Failed, protocol_error(OutOfBounds)};
    for (const auto& [name, file] : files) {
        cases.push_back({.name = name, .planes = {{.file = file}}, .allowed = allowed});
        cases.push_back({.name = std::string{name} + " as the second plane",
                         .planes = with(nv12(), 1, [file](PlaneRequest& p) { p.file = file; }),
                         .fourcc = DRM_FORMAT_NV12, .allowed = allowed, .needs = {Nv12Linear}});
    }
}

void add_flags(std::vector<Case>& cases) {
    cases.push_back({.name = "y_invert", .flags = ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT,
                     .allowed = {Created, Failed}});
    constexpr std::uint32_t interlaced = ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_INTERLACED,
                            bottom_first = ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_BOTTOM_FIRST;
    const std::vector<Answer> allowed = {Failed, Created};
    for (const auto& [name, flags] :
         {std::pair{"interlaced", interlaced}, {"bottom_first", bottom_first},
          {"interlaced and bottom_first", interlaced | bottom_first}})
        cases.push_back({.name = name, .flags = flags, .allowed = allowed});
    for (const std::uint32_t flags : {8u, 9u, 0x80000000u, 0xffffffffu})
        cases.push_back({.name = "flags " + std::to_string(flags), .flags = flags,
                         .allowed = error_or_failed(InvalidFormat)});
}

void add_sampling_devices(std::vector<Case>& cases) {
    // The device that was named is the compositor's only if it was advertised.
    cases.push_back({.name = "a sampling device that doesn't exist",
                     .sampling_device = std::string(sizeof(dev_t), '\x7f'), .allowed = {Failed}});
    for (const std::size_t size : {1uz, sizeof(dev_t) - 1, sizeof(dev_t) + 1, 2048uz})
        cases.push_back({.name = "a sampling device of " + std::to_string(size) + " bytes",
                         .sampling_device = std::string(size, '\x01'), .allowed = error(DeviceSize)});
}

} // namespace

std::span<const Case> all_cases() {
    static const std::vector<Case> cases = [] {
        std::vector<Case> result;
        add_good_buffers(result);
        add_wrong_planes(result);
        add_wrong_formats(result);
        add_wrong_sizes(result);
        add_wrong_bounds(result);
        add_wrong_files(result);
        add_flags(result);
        add_sampling_devices(result);
        return result;
    }();
    return cases;
}

} // namespace test
