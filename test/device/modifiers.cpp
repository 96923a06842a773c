// Layouts that a renderer lists and nobody else understands go through untouched.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/texture_builder.hpp>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/fake_renderer.hpp"
#include "support/local_compositor.hpp"
#include "support/raw_client.hpp"

using namespace tarmac;
using test::Answer;

namespace {

constexpr std::uint32_t Width = 64, Height = 48, Stride = Width * 4;
constexpr std::uint32_t Auxiliary = Stride * Height; ///< where planes of compression lie
constexpr std::size_t Size = Auxiliary * 2;

constexpr std::uint64_t Afbc =
    DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16 | AFBC_FORMAT_MOD_SPARSE);
/// Of a vendor that has no name yet, with bits in both halves.
constexpr std::uint64_t Unnamed = 0x7f12'3456'89ab'cdef;

const FormatSet listed{
    {DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED_CCS},
    {DRM_FORMAT_XRGB8888, Afbc},
    {DRM_FORMAT_XRGB8888, Unnamed},
    {DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID},
    {DRM_FORMAT_NV12, I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS},
    {DRM_FORMAT_YUV420_8BIT, Afbc},
};

struct Case {
    const char* name;
    FormatModifier pair;
    unsigned n_planes;
    bool is_right;
};
constexpr Case cases[] = {
    {"CCS with its plane", {DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED_CCS}, 2, true},
    {"CCS without it", {DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED_CCS}, 1, false},
    {"CCS with one more", {DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED_CCS}, 3, false},
    {"AFBC", {DRM_FORMAT_XRGB8888, Afbc}, 1, true},
    {"a vendor without a name", {DRM_FORMAT_XRGB8888, Unnamed}, 1, true},
    {"implicit", {DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID}, 1, true},
    {"implicit with two planes", {DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID}, 2, false},
    {"MC CCS", {DRM_FORMAT_NV12, I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS}, 4, true},
    {"MC CCS without a plane", {DRM_FORMAT_NV12, I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS}, 3, false},
    {"YUV that only AFBC has", {DRM_FORMAT_YUV420_8BIT, Afbc}, 1, true},
};

struct Fixture {
    test::FakeRenderer renderer{listed};
    std::unique_ptr<Importer> importer;
    Fd dmabuf;

    Fixture() {
        if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
            SKIP(reason);
        dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Size);
        importer = std::move(*create_renderer_importer(renderer.get(), 1));
    }

    /// Whether the renderer was given the case's layout as it was asked for.
    bool arrived(const Case& c) const {
        if (renderer.imported().size() != 1)
            return false;
        const wlr_dmabuf_attributes& got = renderer.imported()[0];
        bool planes_are_right = got.n_planes == static_cast<int>(c.n_planes);
        for (unsigned i = 0; i < c.n_planes; ++i)
            planes_are_right &= got.offset[i] == offset_of(i) && got.stride[i] == stride_of(i);
        return planes_are_right && got.format == c.pair.fourcc && got.modifier == c.pair.modifier;
    }
    static std::uint32_t offset_of(unsigned plane) {
        return plane == 0 ? 0 : Auxiliary + plane * 64;
    }
    static std::uint32_t stride_of(unsigned plane) { return plane == 0 ? Stride : 128; }
};

} // namespace

TEST_CASE_METHOD(Fixture, "what a renderer lists is advertised as it lists it") {
    CHECK(importer->formats().has_same_pairs(listed));
}

TEST_CASE("layouts that only a driver knows arrive at the renderer untouched, with all planes") {
    for (const Case& c : cases) {
        INFO(c.name);
        Fixture fixture;
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(c.pair.fourcc, c.pair.modifier)
            .set_n_planes(c.n_planes);
        for (unsigned i = 0; i < c.n_planes; ++i)
            builder.set_plane(i, std::move(*fixture.dmabuf.duplicate()), Fixture::offset_of(i),
                              Fixture::stride_of(i));
        const auto texture = builder.build(*fixture.importer);
        CHECK(texture.has_value() == c.is_right);
        CHECK(fixture.arrived(c) == c.is_right);
        if (!texture)
            CHECK(texture.error().fault == Fault::Incomplete);
    }
}

TEST_CASE("the same from a client") {
    for (const Case& c : cases) {
        INFO(c.name);
        Fixture fixture;
        test::LocalCompositor compositor;
        const auto global =
            LinuxDmabuf::create(compositor.display(), nullptr, {fixture.importer.get()});
        REQUIRE(global);
        test::RawClient client{6, compositor.connect(), compositor.pump()};
        CHECK(client.knows(c.pair));
        auto& params = client.create_params();
        for (unsigned i = 0; i < c.n_planes; ++i)
            client.add(params, fixture.dmabuf.get(), i, Fixture::offset_of(i),
                       Fixture::stride_of(i), c.pair.modifier);
        const Answer answer = client.create(params, Width, Height, c.pair.fourcc);
        CHECK(answer == (c.is_right
                             ? Answer{Answer::Created, 0, {}}
                             : test::protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE)));
        CHECK(fixture.arrived(c) == c.is_right);
        wl_display_destroy_clients(compositor.display());
    }
}
