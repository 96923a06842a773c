// How an image is shown, from what decision.hpp promises and from what renderers, the kernel and
// pixman can't bear, whatever order the library looks at it in.

#include "fuzz/decision_oracle.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <utility>

#include "convert/conversion.hpp"
#include "fuzz/format_oracle.hpp"
#include "import/decision.hpp"

namespace test {

using namespace tarmac;

namespace {

using Kind = RendererFacts::Kind;
using Matrix = ColorState::Matrix;
using Range = ColorState::Range;

constexpr Matrix yuv_matrices[] = {Matrix::Identity, Matrix::Bt709, Matrix::Bt601, Matrix::Bt2020};

RendererFacts pick_renderer(FuzzInput& input, const Dmabuf& image) {
    RendererFacts facts;
    constexpr Kind kinds[] = {Kind::Gles2, Kind::Vulkan, Kind::Pixman, Kind::Other};
    facts.kind = input.pick(kinds);
    facts.max_size = input.below(8) == 7 ? Extent{1024, 4096} : Extent{65536, 65536};
    facts.draws_on_cpu = input.coin();
    facts.may_be_rasterized = input.coin();
    facts.imports_udmabufs = input.coin();
    const FormatModifier pairs[] = {{image.fourcc(), image.modifier()},
                                    {DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR},
                                    {DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR}};
    for (const FormatModifier& pair : pairs) {
        const unsigned how = input.below(8);
        if (how != 0)
            facts.imports.add(pair);
        if (how == 1)
            facts.miscolored.add(pair);
    }
    for (const std::uint32_t fourcc : {image.fourcc(), std::uint32_t{DRM_FORMAT_XRGB8888}}) {
        if (input.coin() && !std::ranges::contains(facts.reads, fourcc))
            facts.reads.push_back(fourcc);
    }
    std::ranges::sort(facts.reads);
    for (const Matrix matrix : yuv_matrices) {
        if (input.coin())
            facts.encodings.push_back(matrix);
    }
    return facts;
}

/// One renderer, one image, and what can be said of the two.
struct Question {
    const RendererFacts& facts;
    const Dmabuf& image;
    const Colors colors = Colors::of(image);
    MemoryKind memory;

    const PixelFormat& format() const { return image.format(); }
    bool is_yuv() const { return format().model == ColorModel::Yuv; }
    FormatModifier pair() const { return {image.fourcc(), image.modifier()}; }

    /// Whether the numbers mean colours that a screen shows.
    bool has_meaning() const {
        const auto& [matrix, range, transfer, primaries] = colors.state;
        constexpr int gamma22[] = {1, 2, 4, 6, 13, 14, 15};
        const bool is_matrix =
            is_yuv() ? std::ranges::contains(yuv_matrices, matrix) : matrix == Matrix::Identity;
        return is_matrix && (range == Range::Full || range == Range::Limited) &&
               std::ranges::contains(gamma22, std::to_underlying(transfer)) &&
               (std::to_underlying(primaries) == 1 || std::to_underlying(primaries) == 2);
    }
    /// Whether no renderer draws them without conversion.
    bool is_unusual() const {
        return (format().has_alpha && !colors.is_premultiplied) ||
               (!is_yuv() && colors.state.range == Range::Limited);
    }
    bool is_drawn() const {
        const bool is_bt601 =
            colors.state.matrix == Matrix::Bt601 && colors.state.range == Range::Limited;
        return !is_unusual() && (!is_yuv() || is_bt601 ||
                                 std::ranges::contains(facts.encodings, colors.state.matrix));
    }
    bool fits() const {
        return image.width() <= facts.max_size.width && image.height() <= facts.max_size.height;
    }
    bool is_linear_here() const {
        return image.modifier() == DRM_FORMAT_MOD_LINEAR ||
               (image.modifier() == DRM_FORMAT_MOD_INVALID &&
                (facts.draws_on_cpu || facts.kind == Kind::Pixman));
    }
    bool is_grey() const {
        return std::ranges::contains(
            std::initializer_list<std::uint32_t>{DRM_FORMAT_R8, DRM_FORMAT_R10, DRM_FORMAT_R12,
                                                 DRM_FORMAT_R16},
            image.fourcc());
    }
    bool is_read_as_it_is() const {
        return std::ranges::contains(facts.reads, image.fourcc()) && !is_grey() &&
               format().model == ColorModel::Rgb && format().n_planes == 1 &&
               format().planes[0].block_width == 1;
    }

    bool may_be_imported() const {
        // Of pixels that lie between words, and of dma-bufs that can't be written, rasterizers die.
        bool suits_rasterizer = true, is_writable = true, is_disjoint = false;
        const auto facts_of_image = ImageFacts::of(image, facts, memory);
        for (unsigned i = 0; i < image.planes().size(); ++i) {
            const Plane& plane = image.planes()[i];
            if (const unsigned pixel = format().planes[i].bytes_per_block)
                suits_rasterizer &= plane.offset % pixel == 0 && plane.stride % pixel == 0;
            is_disjoint |= image.inode(i) != image.inode(0);
        }
        is_writable = !facts_of_image.read_only_plane;
        FUZZ_CHECK(!facts.draws_on_cpu || facts_of_image.is_disjoint == is_disjoint, "disjoint");
        const bool is_rasterized =
            facts.draws_on_cpu ||
            (facts.may_be_rasterized && image.modifier() == DRM_FORMAT_MOD_LINEAR);
        const bool has_half_chroma = image.width() % format().chroma_horizontal != 0 ||
                                     image.height() % format().chroma_vertical != 0;
        return has_meaning() && is_drawn() && fits() &&
               !(facts.kind == Kind::Vulkan && image.planes().size() == MaxPlanes) &&
               !(facts.kind == Kind::Gles2 && is_linear_here() && has_half_chroma) &&
               (is_writable || !is_rasterized) && !(facts.draws_on_cpu && !suits_rasterizer) &&
               !(facts.draws_on_cpu && facts.kind == Kind::Vulkan && is_disjoint) &&
               importable_formats(facts).contains(pair());
    }

    bool may_be_read() const {
        const bool has_known_rows =
            image.modifier() == DRM_FORMAT_MOD_LINEAR ||
            (image.modifier() == DRM_FORMAT_MOD_INVALID && memory == MemoryKind::Pages);
        const bool is_taken = is_convertible(image.fourcc()) || is_read_as_it_is();
        const bool has_other_colors =
            is_unusual() && !is_convertible(image.fourcc()) && !is_drawn();
        return is_taken && memory != MemoryKind::Hidden && has_known_rows && has_meaning() &&
               fits() && !has_other_colors && std::ranges::all_of(image.planes(), [](auto& plane) {
                   return plane.stride <= INT32_MAX;
               });
    }
};

/// What is read in place is read by pixman, which counts in ints and words.
void check_reading_in_place(const Question& asked, const Colors& colors) {
    const Plane& plane = asked.image.planes()[0];
    FUZZ_CHECK(asked.facts.kind == Kind::Pixman, "others would copy on the event loop");
    FUZZ_CHECK(asked.is_read_as_it_is(), "a format that the renderer doesn't read");
    FUZZ_CHECK(!asked.image.is_y_inverted(), "upside down");
    FUZZ_CHECK(!asked.format().has_alpha || colors.is_premultiplied, "straight alpha");
    FUZZ_CHECK(colors.state.range == Range::Full, "limited range");
    FUZZ_CHECK(plane.offset % 8 == 0 && plane.stride % 4 == 0 &&
                   plane.stride % asked.format().planes[0].bytes_per_block == 0,
               "rows lie between words");
}

void check_way(const Question& asked, const Result<Way>& way) {
    if (!way) {
        FUZZ_CHECK(!way.error().message.empty(), "no sentence");
        return;
    }
    switch (*way) {
    case Way::Import:
        break;
    case Way::ReadInPlace:
        check_reading_in_place(asked, asked.colors);
        break;
    case Way::Copy:
        FUZZ_CHECK(asked.is_read_as_it_is() && !asked.is_unusual(), "a copy that isn't drawn");
        break;
    case Way::Convert:
        FUZZ_CHECK(is_convertible(asked.image.fourcc()), "nothing converts that");
        break;
    }
}

void check_formats(const RendererFacts& facts) {
    for (const FormatModifier& pair : importable_formats(facts)) {
        FUZZ_CHECK(facts.imports.contains(pair) && !facts.miscolored.contains(pair),
                   fourcc_name(pair.fourcc));
    }
    for (const FormatModifier& pair : readable_formats(facts)) {
        FUZZ_CHECK(is_convertible(pair.fourcc) || std::ranges::contains(facts.reads, pair.fourcc),
                   fourcc_name(pair.fourcc));
    }
}

} // namespace

ColorState pick_color(FuzzInput& input) {
    const auto number = [&](std::initializer_list<unsigned> usual) {
        return static_cast<std::uint8_t>(input.below(8) == 7 ? input.number<std::uint8_t>()
                                                             : input.pick(usual));
    };
    return {.matrix = static_cast<Matrix>(number({0, 1, 6, 9})),
            .range = static_cast<Range>(number({0, 1})),
            .transfer = static_cast<ColorState::Transfer>(number({13, 1, 2, 4, 6, 14, 15})),
            .primaries = static_cast<ColorState::Primaries>(number({1, 2}))};
}

void check_decision(FuzzInput& input, const Dmabuf& image) {
    const RendererFacts facts = pick_renderer(input, image);
    constexpr MemoryKind kinds[] = {MemoryKind::Pages, MemoryKind::Device, MemoryKind::Hidden};
    const Question asked{.facts = facts, .image = image, .memory = input.pick(kinds)};
    const ImageFacts image_facts = ImageFacts::of(image, facts, asked.memory);
    // It takes longer than all the rest.
    if (input.below(16) == 0)
        check_formats(facts);

    const auto imported = decide_import(facts, image_facts, asked.colors);
    FUZZ_CHECK(imported.has_value() == asked.may_be_imported(),
               imported ? "imported" : imported.error().message);
    const auto read = decide_reading(facts, image_facts, asked.colors);
    FUZZ_CHECK(read.has_value() == asked.may_be_read(),
               read ? way_name(*read) : read.error().message);
    const auto way = decide(facts, image_facts, asked.colors);
    FUZZ_CHECK(way.has_value() == (imported || read), "one way in was there, or none");
    FUZZ_CHECK(!way || (*way == Way::Import) == imported.has_value(), way_name(*way));
    check_way(asked, way);
    check_way(asked, read);
}

} // namespace test
