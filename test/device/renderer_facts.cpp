// What renderers are asked, and how often.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <malloc.h>
#include <tarmac/texture_builder.hpp>

#include "import/decision.hpp"
#include "support/dmabuf_source.hpp"
#include "support/fake_renderer.hpp"
#include "support/gles_renderer.hpp"
#include "support/local_renderer.hpp"
#include "support/render_node.hpp"
#include "wlr/renderer_facts.hpp"
#include "wlr/version.hpp"
#include "wlr/yuv_trial.hpp"

using namespace tarmac;
using Kind = RendererFacts::Kind;

namespace {

Fd open_node(const std::string& path) {
    Fd node{open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (!node)
        SKIP(path << " is missing");
    return node;
}

} // namespace

TEST_CASE("renderers say what they are and how large a picture they take") {
    const std::string name = GENERATE("gles2", "vulkan", "pixman");
    CAPTURE(name);
    wlr_renderer* renderer = test::LocalRenderer::shared(name).get();
    const auto facts = RendererFacts::of(renderer);
    CHECK(facts->kind == (name == "gles2"    ? Kind::Gles2
                          : name == "vulkan" ? Kind::Vulkan
                                             : Kind::Pixman));
    CHECK(facts->draws_on_cpu == (name != "pixman"));
    CHECK(facts->max_size.width >= 16384);
    CHECK(facts->max_size.height >= 16384);
    CHECK(facts->imports.contains({DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}) ==
          (name != "pixman"));
    const bool makes_udmabufs = test::missing(test::Exporter::Udmabuf).empty();
    CHECK(facts->imports_udmabufs == (name != "pixman" && makes_udmabufs));
    CHECK(std::ranges::binary_search(facts->reads, DRM_FORMAT_ARGB8888));
    CHECK(facts->encodings.empty() == (name != "vulkan" || !WlrootsNamesColors));
    // It is asked no second time.
    CHECK(RendererFacts::of(renderer) == facts);
}

TEST_CASE("a renderer on the CPU is known for one, whatever it calls itself") {
    const Fd node = open_node(test::drm_nodes_of("vgem").render);
    const test::EnvironmentVariable name{"force_gl_renderer", "A GPU"};
    for (const int fd : {node.get(), -1}) {
        INFO("descriptor " << fd);
        const test::GlesRenderer renderer{fd};
        CHECK(RendererFacts::of(renderer.get())->draws_on_cpu);
    }
}

TEST_CASE("YUV isn't imported where wlroots would draw its numbers as RGB") {
    const Fd node = open_node(test::RenderNode);
    const test::EnvironmentVariable without{"WLR_EGL_NO_MODIFIERS", "1"};
    const test::GlesRenderer renderer{node.get()};
    const auto facts = RendererFacts::of(renderer.get());
    const FormatSet formats = importable_formats(*facts);
    CHECK(facts->imports.contains({DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR}));
    CHECK(formats.contains({DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}));
    for (const FormatModifier& pair : formats) {
        INFO(fourcc_name(pair.fourcc));
        CHECK(find_pixel_format(pair.fourcc)->model != ColorModel::Yuv);
    }
}

TEST_CASE("what a renderer makes of YUV is seen by drawing it") {
    if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    wlr_renderer* renderer = test::LocalRenderer::shared("gles2").get();
    std::vector<std::uint32_t> yuv;
    for (const FormatModifier& pair : RendererFacts::of(renderer)->imports) {
        if (find_pixel_format(pair.fourcc)->model == ColorModel::Yuv)
            yuv.push_back(pair.fourcc);
    }
    REQUIRE(std::ranges::contains(yuv, DRM_FORMAT_NV12));
    // llvmpipe mixes up the components of these.
    for (const std::uint32_t fourcc : find_miscolored(renderer, yuv)) {
        INFO(fourcc_name(fourcc));
        CHECK((fourcc == DRM_FORMAT_Y210 || fourcc == DRM_FORMAT_Y216));
    }
}

TEST_CASE("imports leave nothing behind, however large and though nothing is drawn") {
    if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    const std::string name = GENERATE("gles2", "vulkan");
    CAPTURE(name);
    Importer& importer = test::LocalRenderer::shared(name).importer();
    // More than the least that Vulkan promises.
    constexpr std::uint32_t Width = 5000, Height = 4;
    const auto import_often = [&] {
        for (int i = 0; i < 64; ++i) {
            const auto texture =
                TextureBuilder{}
                    .set_size(Width, Height)
                    .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
                    .set_plane(0,
                               test::allocate_dmabuf(test::Exporter::Udmabuf, Width * 4 * Height),
                               0, Width * 4)
                    .build(importer);
            REQUIRE(texture);
        }
    };
    import_often();
    const std::size_t before = mallinfo2().uordblks;
    import_often();
    CHECK(mallinfo2().uordblks < before + (64 << 10));
}

TEST_CASE("facts outlive their renderer, and aren't taken for another's") {
    std::shared_ptr<const RendererFacts> first;
    {
        test::FakeRenderer renderer{{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}}};
        first = RendererFacts::of(renderer.get());
        CHECK(first->kind == Kind::Other);
        CHECK(first->imports.size() == 1);
        CHECK(first->reads.empty());
    }
    // Very likely at the same place.
    test::FakeRenderer renderer{
        {{DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR}, {DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR}}};
    CHECK(RendererFacts::of(renderer.get())->imports.size() == 2);
    CHECK(first->imports.size() == 1);
}
