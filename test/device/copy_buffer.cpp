// Copies, as each renderer gets them.

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <tarmac/texture_builder.hpp>

#include "import/copy_buffer.hpp"
#include "ready/at_once.hpp"
#include "support/dmabuf_source.hpp"
#include "support/local_renderer.hpp"
#include "wlr/renderer_facts.hpp"

using namespace tarmac;

namespace {

constexpr std::uint32_t Width = 61, Height = 47;
/// Not where any renderer would want it.
constexpr std::uint32_t Offset = 3;

std::uint32_t color_of(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
    return 0xff000000u | ((x * 7919 + y * 104729 + seed * 15485863) * 2654435761u >> 8);
}

struct Fixture {
    std::string name = GENERATE("gles2", "vulkan", "pixman");
    wlr_renderer* renderer = test::LocalRenderer::shared(name).get();
    std::shared_ptr<const RendererFacts> facts = RendererFacts::of(renderer);
    Fd dmabuf;

    Fixture() {
        UNSCOPED_INFO(name);
        if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
            SKIP(reason);
        dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Size);
    }
    static constexpr std::size_t Size = Offset + std::size_t{Width} * Height * 8;

    void fill(std::uint32_t seed) const {
        std::vector<std::uint32_t> pixels;
        for (std::uint32_t y = 0; y < Height; ++y) {
            for (std::uint32_t x = 0; x < Width; ++x)
                pixels.push_back(color_of(x, y, seed));
        }
        test::DmabufMapping{dmabuf, Size}.write(Offset, pixels.data(), pixels.size() * 4);
    }
    TextureBuilder builder(std::uint32_t fourcc, unsigned bytes_a_pixel = 4) const {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(fourcc, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, std::move(*dmabuf.duplicate()), Offset, Width * bytes_a_pixel);
        return builder;
    }
    Mapping map(TextureBuilder builder) const {
        auto image = std::move(builder).build_dmabuf();
        REQUIRE(image);
        auto mapping = Mapping::create(std::make_shared<const Dmabuf>(std::move(*image)));
        REQUIRE(mapping);
        return std::move(*mapping);
    }
    Rendition rendition_of(const Mapping& mapping) const {
        return tarmac::rendition_of(*facts, mapping.dmabuf(), Colors::of(mapping.dmabuf()));
    }

    using Copy = std::unique_ptr<CopyBuffer, BufferDrop>;
    static Copy make_copy(const Rendition& rendition) {
        auto copy = CopyBuffer::create({Width, Height}, rendition);
        REQUIRE(copy->memory()->allocate());
        return copy;
    }
    static void update(CopyBuffer& copy, const Mapping& mapping, const Rendition& rendition,
                       const Rect& part) {
        AtOnce control;
        REQUIRE(render_bands(control, mapping, rendition,
                             bands_of(rendition, {Width, Height}, Region{part}), *copy.memory(),
                             copy.stride()) == WorkerPool::Outcome::Done);
    }

    /// As the renderer sees it.
    std::vector<std::uint32_t> read(CopyBuffer& copy) const {
        wlr_texture* texture = wlr_texture_from_buffer(renderer, &copy);
        REQUIRE(texture);
        std::vector<std::uint32_t> pixels(std::size_t{Width} * Height);
        const wlr_texture_read_pixels_options options = {
            .data = pixels.data(),
            .format = DRM_FORMAT_ARGB8888,
            .stride = Width * 4,
            .dst_x = 0,
            .dst_y = 0,
            .src_box = {},
        };
        CHECK(wlr_texture_read_pixels(texture, &options));
        wlr_texture_destroy(texture);
        return pixels;
    }
    /// How many pixels differ from what the function of x and y says by more than `tolerance`.
    static std::size_t count_wrong(const std::vector<std::uint32_t>& pixels, auto expected,
                                   int tolerance = 0) {
        std::size_t wrong = 0;
        for (std::uint32_t y = 0; y < Height; ++y) {
            for (std::uint32_t x = 0; x < Width; ++x) {
                const std::uint32_t want = expected(x, y), got = pixels[y * Width + x];
                bool is_right = true;
                for (unsigned shift = 0; shift < 24; shift += 8)
                    is_right &= std::abs(static_cast<int>(want >> shift & 0xff) -
                                         static_cast<int>(got >> shift & 0xff)) <= tolerance;
                wrong += !is_right;
            }
        }
        return wrong;
    }
};

constexpr Rect All{0, 0, Width, Height};

} // namespace

TEST_CASE_METHOD(Fixture, "a plain copy is imported where that can be, and shows the same") {
    fill(1);
    const Mapping mapping = map(builder(DRM_FORMAT_XRGB8888));
    const Rendition rendition = rendition_of(mapping);
    CHECK_FALSE(rendition.is_converted);
    const Copy copy = make_copy(rendition);
    update(*copy, mapping, rendition, All);

    wlr_dmabuf_attributes attributes;
    CHECK(wlr_buffer_get_dmabuf(copy.get(), &attributes) == (name != "pixman"));
    CHECK(count_wrong(read(*copy), [](auto x, auto y) { return color_of(x, y, 1); }) == 0);
    CHECK(CopyBuffer::from(copy.get()) == copy.get());
}

TEST_CASE_METHOD(Fixture, "of new content no more is made than asked for, and renderers see it") {
    const bool is_inverted = GENERATE(false, true);
    const auto at = [is_inverted](std::uint32_t seed) {
        return [=](std::uint32_t x, std::uint32_t y) {
            return color_of(x, is_inverted ? Height - 1 - y : y, seed);
        };
    };
    fill(1);
    const Mapping mapping =
        map(std::move(builder(DRM_FORMAT_XRGB8888).set_y_inverted(is_inverted)));
    const Rendition rendition = rendition_of(mapping);
    const Copy copy = make_copy(rendition);
    update(*copy, mapping, rendition, All);
    CHECK(count_wrong(read(*copy), at(1)) == 0);

    fill(2);
    update(*copy, mapping, rendition, {8, 12, 16, 8});
    const auto pixels = read(*copy);
    std::size_t wrong = 0;
    for (std::uint32_t y = 0; y < Height; ++y) {
        for (std::uint32_t x = 0; x < Width; ++x) {
            const bool is_in = x >= 8 && x < 24 && y >= 12 && y < 20;
            // Around it, as far as chroma samples reach, it may be either.
            const bool is_far = x < 4 || x >= 28 || y < 8 || y >= 24;
            const auto shows = [&](std::uint32_t seed) {
                return pixels[y * Width + x] << 8 == at(seed)(x, y) << 8;
            };
            wrong += is_in ? !shows(2) : is_far ? !shows(1) : !shows(1) && !shows(2);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE_METHOD(Fixture, "converted copies are imported as what they have become") {
    const std::vector<std::uint8_t> grey(std::size_t{Width + 1} * Height * 2, 128);
    test::DmabufMapping{dmabuf, Size}.write(Offset, grey.data(), grey.size());
    const Mapping mapping =
        map(std::move(builder(DRM_FORMAT_YUYV)
                          .set_plane(0, std::move(*dmabuf.duplicate()), Offset, (Width + 1) * 2)));
    const Rendition rendition = rendition_of(mapping);
    CHECK(rendition.is_converted);
    CHECK(rendition.fourcc == DRM_FORMAT_XRGB8888);
    const Copy copy = make_copy(rendition);
    update(*copy, mapping, rendition, All);
    // (128 - 16) / 219 of white
    CHECK(count_wrong(read(*copy), [](auto, auto) { return 0x828282u; }, 2) == 0);
}

TEST_CASE_METHOD(Fixture, "straight alpha becomes premultiplied") {
    const std::vector<std::uint32_t> red(std::size_t{Width} * Height, 0x80ff0000u);
    test::DmabufMapping{dmabuf, Size}.write(Offset, red.data(), red.size() * 4);
    const Mapping mapping = map(std::move(builder(DRM_FORMAT_ARGB8888).set_premultiplied(false)));
    const Rendition rendition = rendition_of(mapping);
    CHECK(rendition.fourcc == DRM_FORMAT_ARGB8888);
    const Copy copy = make_copy(rendition);
    update(*copy, mapping, rendition, All);
    const auto pixels = read(*copy);
    CHECK(pixels[0] == 0x80800000u);
    CHECK(count_wrong(pixels, [](auto, auto) { return 0x800000u; }) == 0);
}

TEST_CASE_METHOD(Fixture, "a part that reaches outside the picture writes inside it alone") {
    fill(1);
    const Mapping mapping = map(builder(DRM_FORMAT_XRGB8888));
    for (const bool is_inverted : {false, true}) {
        for (const bool is_converted : {false, true}) {
            Rendition rendition = rendition_of(mapping);
            rendition.is_y_inverted = is_inverted;
            rendition.is_converted = is_converted;
            const std::size_t stride = copy_stride(rendition.fourcc, Width), guard = stride * 8;
            std::vector<std::uint8_t> memory(stride * Height + 2 * guard, 0xa5);
            AtOnce control;
            REQUIRE(mapping.begin_read(control) == WorkerPool::Outcome::Done);
            for (const Rect& part : std::initializer_list<Rect>{{-5, -5, 100, 100},
                                                                {INT32_MIN, 3, 4, 4},
                                                                {60, 46, INT32_MAX, INT32_MAX},
                                                                {200, 3, 4, 4},
                                                                {3, 200, 4, 4},
                                                                {3, 3, -4, 4}})
                render(mapping, rendition, part, memory.data() + guard, stride);
            mapping.end_read(control);
            std::size_t touched = 0;
            for (std::size_t i = 0; i < guard; ++i)
                touched += memory[i] != 0xa5 || memory[memory.size() - 1 - i] != 0xa5;
            for (std::size_t y = 0; y < Height; ++y) {
                for (std::size_t x = Width * 4; x < stride; ++x)
                    touched += memory[guard + y * stride + x] != 0xa5;
            }
            CHECK(touched == 0);
        }
    }
}

TEST_CASE_METHOD(Fixture, "copies can be read, and not written, by everybody") {
    const Mapping mapping = map(builder(DRM_FORMAT_XRGB8888));
    const Copy copy = make_copy(rendition_of(mapping));
    void* data;
    std::uint32_t fourcc;
    std::size_t stride;
    REQUIRE(wlr_buffer_begin_data_ptr_access(copy.get(), WLR_BUFFER_DATA_PTR_ACCESS_READ, &data,
                                             &fourcc, &stride));
    CHECK(fourcc == DRM_FORMAT_XRGB8888);
    CHECK(stride == 256);
    wlr_buffer_end_data_ptr_access(copy.get());
    CHECK_FALSE(wlr_buffer_begin_data_ptr_access(copy.get(), WLR_BUFFER_DATA_PTR_ACCESS_WRITE,
                                                 &data, &fourcc, &stride));
}
