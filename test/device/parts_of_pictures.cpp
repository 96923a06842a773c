// Textures of a part of a larger picture, which ends where the memory ends.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <tarmac/texture_builder.hpp>

#include "support/client_surface.hpp"
#include "support/drawer.hpp"

using namespace test;
using namespace tarmac;

namespace {

constexpr std::uint32_t Width = 64, Height = 48;

struct Format {
    std::uint32_t fourcc;
    Blocks white, black;
};
const Format Formats[] = {
    {DRM_FORMAT_XRGB8888, {{255, 255, 255, 255}}, {{0, 0, 0, 255}}},
    {DRM_FORMAT_RGB888, {{255, 255, 255}}, {{0, 0, 0}}},
    {DRM_FORMAT_YUYV, {{235, 128, 235, 128}}, {{16, 128, 16, 128}}},
    {DRM_FORMAT_NV12, {{235}, {128, 128}}, {{16}, {128, 128}}},
    {DRM_FORMAT_P010, {{0, 235}, {0, 128, 0, 128}}, {{0, 16}, {0, 128, 0, 128}}},
    {DRM_FORMAT_YUV420, {{235}, {128}, {128}}, {{16}, {128}, {128}}},
};

/// A black picture, its lower right quarter white, at the end of a dma-buf. Planes lie one after
/// the other.
struct Quarter {
    explicit Quarter(const Format& from) : format{*find_pixel_format(from.fourcc)} {
        std::vector<std::uint8_t> content;
        for (unsigned i = 0; i < format.n_planes; ++i) {
            const auto stride = static_cast<std::uint32_t>(format.min_stride(i, Width * 2));
            const auto left = static_cast<std::uint32_t>(format.min_stride(i, Width));
            const auto rows = static_cast<std::uint32_t>(format.rows(i, Height * 2));
            planes[i] = {
                {}, static_cast<std::uint32_t>(content.size()) + rows / 2 * stride + left, stride};
            for (std::uint32_t y = 0; y < rows; ++y) {
                for (std::uint32_t x = 0; x < stride; x += from.white[i].size()) {
                    const Blocks& blocks = y >= rows / 2 && x >= left ? from.white : from.black;
                    content.insert(content.end(), blocks[i].begin(), blocks[i].end());
                }
            }
        }
        constexpr std::size_t Page = 4096;
        const std::size_t before = (Page - content.size() % Page) % Page;
        content.insert(content.begin(), before, 0);
        dmabuf = make_dmabuf(Exporter::Udmabuf, content);
        for (unsigned i = 0; i < format.n_planes; ++i)
            planes[i].offset += static_cast<std::uint32_t>(before);
    }
    TextureBuilder builder() const {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(format.fourcc, DRM_FORMAT_MOD_LINEAR)
            .set_n_planes(format.n_planes);
        for (unsigned i = 0; i < format.n_planes; ++i)
            builder.set_plane(i, std::move(*dmabuf.duplicate()), planes[i].offset,
                              planes[i].stride);
        return builder;
    }

    const PixelFormat& format;
    std::array<Plane, MaxPlanes> planes;
    Fd dmabuf;
};

} // namespace

TEST_CASE("a part of a picture, up to its last pixel, is built by its offset") {
    const Drawer& drawer =
        Drawer::shared(GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan));
    if (const std::string why = missing(Exporter::Udmabuf); !why.empty())
        SKIP(why);
    for (const Format& format : Formats) {
        CAPTURE(name_of(drawer.drawing()), fourcc_name(format.fourcc));
        const Quarter quarter{format};
        int n_built = 0;
        for (Importer* importer : drawer.importers()) {
            CAPTURE(importer->way());
            const auto texture = quarter.builder().build(*importer);
            if (!texture) {
                CHECK(texture.error().fault != Fault::OutOfBounds);
                continue;
            }
            ++n_built;
            wlr_render_texture_options options{};
            options.texture = texture->get();
            const Picture picture = drawer.draw(Width, Height, [&](wlr_render_pass* pass) {
                wlr_render_pass_add_texture(pass, &options);
            });
            CHECK(describe(picture) == "64x48 white");
        }
        CHECK(n_built > 0);
        // A row more isn't there, nor is what the protocol counts.
        CHECK(quarter.builder().set_size(Width, Height + 2).build_dmabuf().error().fault ==
              Fault::OutOfBounds);
        CHECK(quarter.builder().set_plane_end(PlaneEnd::Stride).build_dmabuf().error().fault ==
              Fault::OutOfBounds);
    }
}
