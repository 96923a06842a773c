// Textures for who draws them: how that is done, and what memory shows that is filled again.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <tarmac/texture_builder.hpp>
#include <wlr/types/wlr_color_representation_v1.h>

#include "support/dmabuf_source.hpp"
#include "support/drawer.hpp"

using namespace test;
using namespace tarmac;

namespace {

using Matrix = ColorState::Matrix;

constexpr std::uint32_t Width = 64, Height = 48;

struct Fixture {
    const Drawer& drawer =
        Drawer::shared(GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan));

    Fixture() {
        if (const std::string why = missing(Exporter::Udmabuf); !why.empty())
            SKIP(why);
    }
    /// As the texture says.
    Picture draw(const Texture& texture) const {
        wlr_render_texture_options options{};
        options.texture = texture.get();
        switch (texture.color().matrix) {
        case Matrix::Identity:
            break;
        case Matrix::Bt709:
            options.color_encoding = WLR_COLOR_ENCODING_BT709;
            break;
        case Matrix::Bt601:
            options.color_encoding = WLR_COLOR_ENCODING_BT601;
            break;
        case Matrix::Bt2020:
            options.color_encoding = WLR_COLOR_ENCODING_BT2020;
            break;
        }
        if (options.color_encoding != WLR_COLOR_ENCODING_NONE)
            options.color_range = texture.color().range == ColorState::Range::Full
                                      ? WLR_COLOR_RANGE_FULL
                                      : WLR_COLOR_RANGE_LIMITED;
        if (texture.is_y_inverted())
            options.transform = WL_OUTPUT_TRANSFORM_FLIPPED_180;
        return drawer.draw(Width, Height, [&](wlr_render_pass* pass) {
            wlr_render_pass_add_texture(pass, &options);
        });
    }
};

/// Y 120, U 90, V 190 all over.
TextureBuilder yuv() {
    std::vector<std::uint8_t> content;
    for (const std::uint8_t value : {120, 90, 190})
        content.insert(content.end(), std::size_t{Width} * Height, value);
    content.resize(12288);
    TextureBuilder builder;
    builder.set_size(Width, Height)
        .set_format(DRM_FORMAT_YUV444, DRM_FORMAT_MOD_LINEAR)
        .set_expand_single_plane(true)
        .set_plane(0, make_dmabuf(Exporter::Udmabuf, content), 0, Width);
    return builder;
}

struct Memory {
    static constexpr std::size_t Size = std::size_t{Width} * Height * 4;

    Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Size);
    DmabufMapping mapping{dmabuf, Size};

    void fill(std::uint32_t upper, std::uint32_t lower) {
        std::vector<std::uint32_t> pixels(Size / 8, upper);
        pixels.resize(Size / 4, lower);
        mapping.write(0, pixels.data(), Size);
    }
    TextureBuilder xrgb() const {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, std::move(*dmabuf.duplicate()), 0, Width * 4);
        return builder;
    }
};

constexpr std::uint32_t RedBits = 0xff0000, BlueBits = 0xff;

} // namespace

TEST_CASE_METHOD(Fixture, "a texture says which colours who draws it has to name") {
    struct Case {
        Matrix matrix;
        Pixel defined;
    };
    for (const auto& [matrix, defined] :
         {Case{Matrix::Bt601, {220, 86, 44}}, Case{Matrix::Bt709, {232, 96, 41}}}) {
        int n_built = 0;
        for (Importer* importer : drawer.importers()) {
            CAPTURE(name_of(drawer.drawing()), importer->way(), static_cast<int>(matrix));
            const ColorState color{matrix, ColorState::Range::Limited};
            const auto texture = yuv().set_color_state(color).build(*importer);
            if (!texture) {
                CHECK(texture.error().fault == Fault::ImportFailed);
                continue;
            }
            ++n_built;
            CHECK(texture->color() ==
                  (importer->imports() ? color : ColorState::of(ColorModel::Rgb)));
            const Picture seen = draw(*texture);
            INFO(to_string(seen.at(32, 24)));
            CHECK(distance(seen.at(32, 24), defined) <= 2);
        }
        // Of wlroots' renderers Vulkan's alone imports other colours than the usual ones.
        CHECK(n_built >= (drawer.drawing() == Drawing::Vulkan ? 2 : 1));
    }
}

TEST_CASE_METHOD(Fixture, "a texture says whether who draws it has to turn it") {
    Memory memory;
    memory.fill(RedBits, BlueBits);
    for (Importer* importer : drawer.importers()) {
        CAPTURE(name_of(drawer.drawing()), importer->way());
        const auto texture = memory.xrgb().set_y_inverted(true).build(*importer);
        REQUIRE(texture);
        CHECK(texture->is_y_inverted() == importer->imports());
        const Picture seen = draw(*texture);
        CHECK(seen.at(32, 12) == Blue);
        CHECK(seen.at(32, 36) == Red);
    }
}

TEST_CASE_METHOD(Fixture, "memory that is filled again is built again, which copies no import") {
    const bool is_update = GENERATE(false, true);
    for (Importer* importer : drawer.importers()) {
        CAPTURE(name_of(drawer.drawing()), importer->way(), is_update);
        Memory memory;
        TextureBuilder builder = memory.xrgb();
        memory.fill(RedBits, RedBits);
        std::optional texture = *builder.build(*importer);
        CHECK((texture->mapped_bytes() == 0) == importer->imports());
        CHECK(describe(draw(*texture)) == "64x48 red");

        memory.fill(is_update ? RedBits : BlueBits, BlueBits);
        if (is_update)
            builder.set_update(*texture, {{0, 24, 64, 24}});
        texture = *builder.build(*importer);
        const Picture seen = draw(*texture);
        CHECK(seen.at(32, 12) == (is_update ? Red : Blue));
        CHECK(seen.at(32, 36) == Blue);
    }
}
