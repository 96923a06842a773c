// One decision on how an image is shown, from values alone.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <functional>

#include "import/decision.hpp"

using namespace tarmac;

namespace {

using Kind = RendererFacts::Kind;
using Matrix = ColorState::Matrix;
using Range = ColorState::Range;

constexpr std::uint64_t Linear = DRM_FORMAT_MOD_LINEAR, Implicit = DRM_FORMAT_MOD_INVALID,
                        Tiled = I915_FORMAT_MOD_X_TILED;
constexpr Extent Usual{64, 48};

/// Imports and reads what wlroots' renderers commonly do, and something that only others would.
RendererFacts renderer(Kind kind) {
    RendererFacts facts{.kind = kind, .max_size = {8192, 4096}};
    facts.imports_udmabufs = kind != Kind::Pixman;
    if (kind != Kind::Pixman) {
        for (const std::uint32_t fourcc :
             {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_RGB565, DRM_FORMAT_NV12,
              DRM_FORMAT_YUYV, DRM_FORMAT_P030, DRM_FORMAT_R8, DRM_FORMAT_R16}) {
            for (const std::uint64_t modifier : {Linear, Implicit, Tiled})
                facts.imports.add({fourcc, modifier});
        }
    }
    if (kind == Kind::Vulkan)
        facts.encodings = {Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020};
    facts.reads = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
                   DRM_FORMAT_BGR888,   DRM_FORMAT_R8,       DRM_FORMAT_ABGR16161616};
    std::ranges::sort(facts.reads);
    return facts;
}

RendererFacts on_cpu(Kind kind) {
    RendererFacts facts = renderer(kind);
    facts.draws_on_cpu = true;
    return facts;
}

RendererFacts beside_rasterizer(Kind kind) {
    RendererFacts facts = renderer(kind);
    facts.may_be_rasterized = true;
    return facts;
}

/// What it shows of YUYV in these layouts isn't what it is.
RendererFacts miscoloring(Kind kind) {
    RendererFacts facts = renderer(kind);
    facts.miscolored = {{DRM_FORMAT_YUYV, Linear}, {DRM_FORMAT_YUYV, Implicit}};
    return facts;
}

/// Planes one after the other, rows without gaps.
ImageFacts image(std::uint32_t fourcc, std::uint64_t modifier = Linear, Extent extent = Usual) {
    const PixelFormat& format = *find_pixel_format(fourcc);
    ImageFacts facts{
        .format = {fourcc, modifier}, .extent = extent, .n_planes = format.n_planes, .planes = {}};
    std::uint32_t end = 0;
    for (unsigned i = 0; i < format.n_planes; ++i) {
        const auto stride = static_cast<std::uint32_t>(format.min_stride(i, extent.width));
        facts.planes[i] = {end, stride};
        end += stride * static_cast<std::uint32_t>(format.rows(i, extent.height));
    }
    return facts;
}

ImageFacts at(std::uint32_t offset, std::uint32_t stride, ImageFacts facts) {
    facts.planes[0] = {offset, stride};
    return facts;
}
ImageFacts inverted(ImageFacts facts) {
    facts.is_y_inverted = true;
    return facts;
}
ImageFacts disjoint(ImageFacts facts) {
    facts.is_disjoint = true;
    return facts;
}
ImageFacts read_only(unsigned plane, ImageFacts facts) {
    facts.read_only_plane = plane;
    return facts;
}
ImageFacts in(MemoryKind memory, ImageFacts facts) {
    facts.memory = memory;
    return facts;
}
ImageFacts in_pages(ImageFacts facts) {
    return in(MemoryKind::Pages, std::move(facts));
}
ImageFacts with_planes(unsigned n, ImageFacts facts) {
    facts.n_planes = n;
    return facts;
}

const Colors Rgb{ColorState::of(ColorModel::Rgb), true};
const Colors Straight{ColorState::of(ColorModel::Rgb), false};
const Colors Yuv{ColorState::of(ColorModel::Yuv), true};
const Colors Bt709{{Matrix::Bt709, Range::Limited}, true};
const Colors Full601{{Matrix::Bt601, Range::Full}, true};
const Colors Gbr{{Matrix::Identity, Range::Full}, true};

const Colors LimitedRgb{{Matrix::Identity, Range::Limited}, true};

struct Row {
    const char* what;
    const RendererFacts& renderer;
    ImageFacts image;
    Colors colors;
    const char* expected; ///< the way, or part of the sentence
};

std::string answer(const Result<Way>& way) {
    return way ? std::string{way_name(*way)} : way.error().message;
}

void check(const std::vector<Row>& rows,
           const std::function<Result<Way>(const RendererFacts&, const ImageFacts&, const Colors&)>&
               decided) {
    for (const Row& row : rows) {
        INFO(row.what);
        const std::string got = answer(decided(row.renderer, row.image, row.colors));
        CAPTURE(got);
        CHECK(got.contains(row.expected));
    }
}

} // namespace

TEST_CASE("each image has one way to each renderer, or a reason why not") {
    const RendererFacts gles2 = renderer(Kind::Gles2), vulkan = renderer(Kind::Vulkan),
                        pixman = renderer(Kind::Pixman), llvmpipe = on_cpu(Kind::Gles2),
                        lavapipe = on_cpu(Kind::Vulkan),
                        beside_llvmpipe = beside_rasterizer(Kind::Gles2),
                        red = miscoloring(Kind::Gles2);
    const std::vector<Row> rows{
        {"plain", gles2, image(DRM_FORMAT_XRGB8888), Rgb, "imported"},
        {"plain", vulkan, image(DRM_FORMAT_XRGB8888), Rgb, "imported"},
        {"plain", llvmpipe, image(DRM_FORMAT_XRGB8888), Rgb, "imported"},
        {"plain", pixman, image(DRM_FORMAT_XRGB8888), Rgb, "read"},
        {"inverted", gles2, inverted(image(DRM_FORMAT_XRGB8888)), Rgb, "imported"},
        {"inverted", pixman, inverted(image(DRM_FORMAT_XRGB8888)), Rgb, "copied"},
        {"tiled", gles2, image(DRM_FORMAT_XRGB8888, Tiled), Rgb, "imported"},
        {"tiled", pixman, image(DRM_FORMAT_XRGB8888, Tiled), Rgb,
         "XR24 (XRGB8888) with modifier INTEL_X_TILED can't be read from mapped memory"},
        {"implicit", gles2, image(DRM_FORMAT_XRGB8888, Implicit), Rgb, "imported"},
        {"implicit", pixman, in_pages(image(DRM_FORMAT_XRGB8888, Implicit)), Rgb, "read"},
        {"implicit, of a device", pixman, image(DRM_FORMAT_XRGB8888, Implicit), Rgb,
         "how this memory's device lays out rows isn't known"},
        {"implicit, which nobody imports", lavapipe, in_pages(image(DRM_FORMAT_BGR888, Implicit)),
         Rgb, "converted"},
        {"implicit, which nobody imports", vulkan, in_pages(image(DRM_FORMAT_BGR888, Implicit)),
         Rgb, "converted"},
        {"implicit, which nobody imports", vulkan, image(DRM_FORMAT_BGR888, Implicit), Rgb,
         "how this memory's device lays out rows isn't known"},

        {"straight alpha", gles2, image(DRM_FORMAT_ARGB8888), Straight, "converted"},
        {"straight alpha", pixman, image(DRM_FORMAT_ARGB8888), Straight, "converted"},
        {"straight alpha", gles2, image(DRM_FORMAT_ARGB8888, Tiled), Straight,
         "the renderer doesn't draw AR24 (ARGB8888) with such colours or alpha"},
        {"straight alpha, implicit", gles2, image(DRM_FORMAT_ARGB8888, Implicit), Straight,
         "such colours or alpha"},
        {"straight alpha, implicit", llvmpipe, in_pages(image(DRM_FORMAT_ARGB8888, Implicit)),
         Straight, "converted"},
        {"no alpha that could be straight", gles2, image(DRM_FORMAT_XRGB8888), Straight,
         "imported"},

        {"the usual YUV", gles2, image(DRM_FORMAT_YUYV), Yuv, "imported"},
        {"the usual YUV", pixman, image(DRM_FORMAT_YUYV), Yuv, "converted"},
        {"BT.709", gles2, image(DRM_FORMAT_YUYV), Bt709, "converted"},
        {"BT.709", gles2, image(DRM_FORMAT_YUYV, Tiled), Bt709, "such colours or alpha"},
        {"BT.709", vulkan, image(DRM_FORMAT_YUYV), Bt709, "imported"},
        {"full range", gles2, image(DRM_FORMAT_YUYV), Full601, "converted"},
        {"full range", vulkan, image(DRM_FORMAT_YUYV), Full601, "imported"},
        {"an encoding that Vulkan lacks", vulkan, image(DRM_FORMAT_YUYV), Gbr, "converted"},
        {"an encoding that pixman lacks", pixman, image(DRM_FORMAT_P010), Gbr, "converted"},
        {"an encoding without another way", vulkan, image(DRM_FORMAT_YUYV, Tiled), Gbr,
         "such colours or alpha"},
        {"limited RGB", gles2, image(DRM_FORMAT_XRGB8888), LimitedRgb, "converted"},
        {"limited RGB", vulkan, image(DRM_FORMAT_ABGR16161616), LimitedRgb, "converted"},
        {"limited RGB", pixman, image(DRM_FORMAT_XRGB8888), LimitedRgb, "converted"},
        {"limited RGB", gles2, image(DRM_FORMAT_XRGB8888, Tiled), LimitedRgb,
         "such colours or alpha"},

        {"grey, which GPUs show red", gles2, image(DRM_FORMAT_R8), Rgb, "converted"},
        {"grey, which GPUs show red", vulkan, image(DRM_FORMAT_R16), Rgb, "converted"},
        {"grey, which GPUs show red", pixman, image(DRM_FORMAT_R8), Rgb, "converted"},
        {"grey, which GPUs show red", gles2, image(DRM_FORMAT_R8, Tiled), Rgb, "can't be read"},

        {"too wide", gles2, image(DRM_FORMAT_XRGB8888, Linear, {8193, 16}), Rgb,
         "the renderer has no textures of 8193x16 pixels"},
        {"as wide as can be", gles2, image(DRM_FORMAT_XRGB8888, Linear, {8192, 4096}), Rgb,
         "imported"},
        {"too high", vulkan, image(DRM_FORMAT_XRGB8888, Linear, {16, 4097}), Rgb,
         "no textures of 16x4097"},
        {"too high", pixman, image(DRM_FORMAT_YUYV, Linear, {16, 4097}), Yuv,
         "no textures of 16x4097"},

        {"four planes", vulkan, with_planes(4, image(DRM_FORMAT_XRGB8888, Tiled)), Rgb,
         "the Vulkan renderer takes no image of four planes"},
        {"four planes", gles2, with_planes(4, image(DRM_FORMAT_XRGB8888, Tiled)), Rgb, "imported"},

        {"half a chroma sample", gles2, image(DRM_FORMAT_NV12, Linear, {63, 48}), Yuv, "converted"},
        {"half a chroma sample", gles2, image(DRM_FORMAT_NV12, Linear, {64, 47}), Yuv, "converted"},
        {"half a chroma sample", gles2, image(DRM_FORMAT_NV12, Tiled, {63, 48}), Yuv, "imported"},
        {"half a chroma sample", vulkan, image(DRM_FORMAT_NV12, Linear, {63, 47}), Yuv, "imported"},

        {"what llvmpipe shows wrong", gles2, image(DRM_FORMAT_NV12), Yuv, "imported"},
        {"what llvmpipe shows wrong", llvmpipe, image(DRM_FORMAT_NV12), Yuv, "converted"},
        {"what llvmpipe shows wrong", lavapipe, image(DRM_FORMAT_NV12), Yuv, "converted"},
        {"what llvmpipe shows wrong", llvmpipe, image(DRM_FORMAT_NV12, Tiled), Yuv,
         "NV12 with modifier INTEL_X_TILED can't be read from mapped memory"},

        {"what is shown wrong", red, image(DRM_FORMAT_YUYV), Yuv, "converted"},
        {"what is shown wrong", red, image(DRM_FORMAT_YUYV, Implicit), Yuv, "how this memory's"},
        {"what is shown wrong", red, in_pages(image(DRM_FORMAT_YUYV, Implicit)), Yuv, "converted"},
        {"what is shown wrong", red, in(MemoryKind::Hidden, image(DRM_FORMAT_YUYV)), Yuv,
         "a mapping of this"},
        {"in another layout it is right", red, image(DRM_FORMAT_YUYV, Tiled), Yuv, "imported"},

        {"YUV without another way", gles2, image(DRM_FORMAT_P030), Yuv, "imported"},
        {"YUV without another way", llvmpipe, image(DRM_FORMAT_P030), Yuv, "can't be read"},

        {"a pixel that isn't a vector", llvmpipe, at(2, 256, image(DRM_FORMAT_RGB565)), Rgb,
         "imported"},
        {"a pixel that isn't a vector", llvmpipe, at(1, 256, image(DRM_FORMAT_RGB565)), Rgb,
         "converted"},
        {"a pixel that isn't a vector", llvmpipe, at(0, 257, image(DRM_FORMAT_RGB565)), Rgb,
         "converted"},
        {"a pixel that isn't a vector", lavapipe, at(2, 256, image(DRM_FORMAT_XRGB8888)), Rgb,
         "copied"},
        {"a GPU takes it", gles2, at(1, 257, image(DRM_FORMAT_RGB565)), Rgb, "imported"},
        {"read-only", llvmpipe, read_only(0, image(DRM_FORMAT_XRGB8888)), Rgb, "copied"},
        {"read-only", lavapipe, read_only(0, in_pages(image(DRM_FORMAT_XRGB8888, Implicit))), Rgb,
         "copied"},
        {"hidden", gles2, in(MemoryKind::Hidden, image(DRM_FORMAT_XRGB8888)), Rgb, "imported"},
        {"hidden", pixman, in(MemoryKind::Hidden, image(DRM_FORMAT_XRGB8888)), Rgb,
         "a mapping of this device's memory doesn't show what the device has drawn"},
        {"read-only", llvmpipe, read_only(0, image(DRM_FORMAT_XRGB8888, Tiled)), Rgb,
         "plane 0: the dma-buf is read-only, which a software renderer can't draw"},
        {"read-only", gles2, read_only(0, image(DRM_FORMAT_XRGB8888)), Rgb, "imported"},
        {"read-only", beside_llvmpipe, read_only(0, image(DRM_FORMAT_XRGB8888)), Rgb, "copied"},
        {"read-only, for one card alone", beside_llvmpipe,
         read_only(0, image(DRM_FORMAT_XRGB8888, Tiled)), Rgb, "imported"},
        {"planes apart", lavapipe, disjoint(image(DRM_FORMAT_YUYV)), Yuv, "converted"},
        {"planes apart", lavapipe, disjoint(image(DRM_FORMAT_YUYV, Tiled)), Yuv,
         "no image whose planes lie in several dma-bufs"},
        {"planes apart", llvmpipe, disjoint(image(DRM_FORMAT_YUYV)), Yuv, "imported"},
        {"planes apart", vulkan, disjoint(image(DRM_FORMAT_YUYV)), Yuv, "imported"},

        {"nobody has it", gles2, image(DRM_FORMAT_C8), Rgb, "C8 with modifier LINEAR can't be"},
        {"nobody has it", pixman, image(DRM_FORMAT_C8), Rgb, "C8 with modifier LINEAR can't be"},
        {"samples of two bytes at an odd place", gles2, at(1, 129, image(DRM_FORMAT_P010)), Yuv,
         "converted"},
        {"a stride that is no int", pixman, at(0, 0x80000000u, image(DRM_FORMAT_XRGB8888)), Rgb,
         "plane 0: a stride of 2147483648 bytes is too long"},
    };
    check(rows, decide);
}

TEST_CASE("what isn't imported is read in place by pixman alone, and copied as what it is") {
    const RendererFacts gles2 = renderer(Kind::Gles2), pixman = renderer(Kind::Pixman);
    const std::vector<Row> rows{
        {"as it lies", pixman, image(DRM_FORMAT_XRGB8888), Rgb, "read"},
        {"as it lies", pixman, at(64, 512, image(DRM_FORMAT_XRGB8888)), Rgb, "read"},
        {"as it lies", pixman, image(DRM_FORMAT_ABGR16161616), Rgb, "read"},
        {"between words", pixman, at(4, 512, image(DRM_FORMAT_XRGB8888)), Rgb, "copied"},
        {"rows between words", pixman, at(0, 258, image(DRM_FORMAT_XRGB8888)), Rgb, "copied"},
        {"rows of no whole pixel", pixman, at(0, 196, image(DRM_FORMAT_BGR888)), Rgb, "copied"},
        {"rows of whole pixels", pixman, at(0, 204, image(DRM_FORMAT_BGR888)), Rgb, "read"},
        {"deep and inverted", pixman, inverted(image(DRM_FORMAT_ABGR16161616)), Rgb, "copied"},

        {"as it lies", gles2, image(DRM_FORMAT_XRGB8888), Rgb, "copied"},
        {"8 bits that only uploads know", gles2, image(DRM_FORMAT_XBGR8888), Rgb, "converted"},
        {"16 bits that only uploads know", gles2, image(DRM_FORMAT_ABGR16161616), Rgb, "copied"},
        {"what is imported only", gles2, image(DRM_FORMAT_RGB565), Rgb, "converted"},
        {"what is imported only", gles2, image(DRM_FORMAT_NV12), Yuv, "converted"},
    };
    check(rows, decide_reading);
    CHECK(imports_copies(gles2, DRM_FORMAT_ARGB8888));
    CHECK_FALSE(imports_copies(gles2, DRM_FORMAT_ABGR16161616));
    CHECK_FALSE(imports_copies(pixman, DRM_FORMAT_ARGB8888));

    // Where copies have to be uploaded, none is converted for nothing.
    RendererFacts apart = renderer(Kind::Gles2);
    apart.imports_udmabufs = false;
    CHECK_FALSE(imports_copies(apart, DRM_FORMAT_ARGB8888));
    CHECK(decide_reading(apart, image(DRM_FORMAT_XBGR8888), Rgb) == Way::Copy);
}

TEST_CASE("colours that nobody shows right are refused, whatever the way") {
    const ColorState rgb = ColorState::of(ColorModel::Rgb), yuv = ColorState::of(ColorModel::Yuv);
    const auto with = [](ColorState color, auto member, int number) {
        color.*member = static_cast<std::remove_cvref_t<decltype(color.*member)>>(number);
        return Colors{color, true};
    };
    const RendererFacts all[] = {renderer(Kind::Gles2), renderer(Kind::Vulkan),
                                 renderer(Kind::Pixman)};
    for (const RendererFacts& facts : all) {
        const ImageFacts xrgb = image(DRM_FORMAT_XRGB8888), yuyv = image(DRM_FORMAT_YUYV);
        check(
            {
                {"a matrix", facts, xrgb, with(rgb, &ColorState::matrix, 6),
                 "XR24 (XRGB8888) isn't YUV, so it has no matrix 6"},
                {"a matrix", facts, yuyv, with(yuv, &ColorState::matrix, 14), "YUV of matrix 14"},
                {"a range", facts, xrgb, with(rgb, &ColorState::range, 2), "the range 2"},
                {"a range", facts, yuyv, with(yuv, &ColorState::range, 7), "the range 7"},
            },
            decide);
        for (const ColorState& color : {rgb, yuv}) {
            const ImageFacts& one = color == rgb ? xrgb : yuyv;
            for (const int transfer : {1, 2, 4, 6, 13, 14, 15})
                CHECK(decide(facts, one, with(color, &ColorState::transfer, transfer)));
            CHECK(decide(facts, one, with(color, &ColorState::primaries, 2)));
            for (const int transfer : {0, 5, 8, 16, 18, 255})
                check({{"a transfer", facts, one, with(color, &ColorState::transfer, transfer),
                        "the transfer function"}},
                      decide);
            for (const int primaries : {0, 5, 6, 9, 12, 255})
                check({{"primaries", facts, one, with(color, &ColorState::primaries, primaries),
                        "the primaries"}},
                      decide);
        }
        CHECK(decide(facts, xrgb, with(rgb, &ColorState::transfer, 16)).error().kind() ==
              ErrorKind::CreationFailed);
    }
}

TEST_CASE("without import or without reading, each says what it lacks") {
    const RendererFacts gles2 = renderer(Kind::Gles2);
    const auto imported = decide_import(gles2, image(DRM_FORMAT_ARGB8888), Straight);
    REQUIRE_FALSE(imported);
    CHECK(imported.error().fault == Fault::ImportFailed);
    CHECK(decide_import(gles2, image(DRM_FORMAT_XBGR8888), Rgb).error().fault ==
          Fault::InvalidFormat);
    CHECK(decide_reading(gles2, image(DRM_FORMAT_XRGB8888, Tiled), Rgb).error().fault ==
          Fault::InvalidFormat);
    CHECK(decide(gles2, image(DRM_FORMAT_ARGB8888, Tiled), Straight).error().fault ==
          Fault::ImportFailed);
}

TEST_CASE("what is offered is what the decision takes") {
    const RendererFacts all[] = {renderer(Kind::Gles2),   renderer(Kind::Vulkan),
                                 renderer(Kind::Pixman),  renderer(Kind::Other),
                                 on_cpu(Kind::Gles2),     on_cpu(Kind::Vulkan),
                                 miscoloring(Kind::Gles2)};
    for (const RendererFacts& facts : all) {
        const FormatSet imported = importable_formats(facts), read = readable_formats(facts);
        for (const PixelFormat& format : all_pixel_formats()) {
            INFO(format.name);
            if (!format.has_linear_layout())
                continue;
            for (const std::uint64_t modifier : {Linear, Implicit, Tiled}) {
                const ImageFacts facts_of_image = in_pages(image(format.fourcc, modifier));
                const Colors colors{ColorState::of(format.model), true};
                CHECK(imported.contains(facts_of_image.format) ==
                      decide_import(facts, facts_of_image, colors).has_value());
                CHECK(read.contains(facts_of_image.format) ==
                      decide_reading(facts, facts_of_image, colors).has_value());
            }
        }
    }
    const FormatSet on_gpu = importable_formats(renderer(Kind::Gles2));
    for (const FormatModifier& pair : renderer(Kind::Gles2).imports)
        CHECK(on_gpu.contains(pair) ==
              (pair.fourcc != DRM_FORMAT_R8 && pair.fourcc != DRM_FORMAT_R16));
    CHECK_FALSE(importable_formats(on_cpu(Kind::Gles2)).contains({DRM_FORMAT_NV12, Linear}));
    // What renderers read comes first.
    CHECK(readable_formats(renderer(Kind::Pixman)).position({DRM_FORMAT_ABGR16161616, Linear}) <
          10);
}
