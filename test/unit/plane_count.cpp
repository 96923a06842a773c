#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <tarmac/pixel_format.hpp>

using tarmac::MaxPlanes;
using tarmac::PlaneCount;

namespace {

PlaneCount count(std::uint32_t fourcc, std::uint64_t modifier) {
    return plane_count(*tarmac::find_pixel_format(fourcc), modifier);
}

constexpr std::uint64_t amd(std::uint64_t bits) {
    return AMD_FMT_MOD | bits;
}
constexpr std::uint64_t Gfx10 = AMD_FMT_MOD_SET(TILE_VERSION, AMD_FMT_MOD_TILE_VER_GFX10);
constexpr std::uint64_t Gfx12 = AMD_FMT_MOD_SET(TILE_VERSION, AMD_FMT_MOD_TILE_VER_GFX12);

} // namespace

TEST_CASE("modifiers add the planes that drm_fourcc.h describes") {
    struct {
        const char* what;
        std::uint32_t fourcc;
        std::uint64_t modifier;
        PlaneCount expected;
    } const cases[] = {
        {"linear", DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, {1, 1}},
        {"implicit", DRM_FORMAT_NV12, DRM_FORMAT_MOD_INVALID, {2, 2}},
        {"Intel, tiled", DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED, {1, 1}},
        {"Intel, Gen9 compression", DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED_CCS, {2, 2}},
        {"Intel, Gen12 render compression",
         DRM_FORMAT_XRGB8888,
         I915_FORMAT_MOD_Y_TILED_GEN12_RC_CCS,
         {2, 2}},
        {"Intel, Gen12 media compression of NV12",
         DRM_FORMAT_NV12,
         I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS,
         {4, 4}},
        {"Intel, Gen12 compression with clear colour",
         DRM_FORMAT_XRGB8888,
         I915_FORMAT_MOD_Y_TILED_GEN12_RC_CCS_CC,
         {3, 3}},
        {"Intel, DG2 compression", DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_4_TILED_DG2_RC_CCS, {1, 1}},
        {"Intel, DG2 media compression of NV12",
         DRM_FORMAT_NV12,
         I915_FORMAT_MOD_4_TILED_DG2_MC_CCS,
         {2, 2}},
        {"Intel, DG2 compression with clear colour",
         DRM_FORMAT_XRGB8888,
         I915_FORMAT_MOD_4_TILED_DG2_RC_CCS_CC,
         {2, 2}},
        {"Intel, Meteor Lake compression with clear colour",
         DRM_FORMAT_XRGB8888,
         I915_FORMAT_MOD_4_TILED_MTL_RC_CCS_CC,
         {3, 3}},
        {"Intel, Lunar Lake compression", DRM_FORMAT_NV12, I915_FORMAT_MOD_4_TILED_LNL_CCS, {2, 2}},
        {"Intel, a modifier to come",
         DRM_FORMAT_XRGB8888,
         fourcc_mod_code(INTEL, 0xff),
         {1, MaxPlanes}},
        {"AMD, tiled", DRM_FORMAT_XRGB8888, amd(Gfx10), {1, 1}},
        {"AMD, DCC", DRM_FORMAT_XRGB8888, amd(Gfx10 | AMD_FMT_MOD_SET(DCC, 1)), {2, 2}},
        {"AMD, DCC to be retiled",
         DRM_FORMAT_XRGB8888,
         amd(Gfx10 | AMD_FMT_MOD_SET(DCC, 1) | AMD_FMT_MOD_SET(DCC_RETILE, 1)),
         {3, 3}},
        {"AMD, DCC of GFX12, which is out of sight",
         DRM_FORMAT_XRGB8888,
         amd(Gfx12 | AMD_FMT_MOD_SET(DCC, 1)),
         {1, 1}},
        {"AMD, DCC of NV12, merged with its planes",
         DRM_FORMAT_NV12,
         amd(Gfx10 | AMD_FMT_MOD_SET(DCC, 1)),
         {2, 2}},
        {"Nvidia, block linear", DRM_FORMAT_XRGB8888, fourcc_mod_code(NVIDIA, 0x10), {1, 1}},
        {"Arm, AFBC",
         DRM_FORMAT_XRGB8888,
         DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16),
         {1, 1}},
        {"Vivante, whose tile status may be a plane",
         DRM_FORMAT_XRGB8888,
         fourcc_mod_code(VIVANTE, 1),
         {1, MaxPlanes}},
        {"a vendor that doesn't exist", DRM_FORMAT_NV12, 0x7f00000000000001, {2, MaxPlanes}},
    };
    for (const auto& [what, fourcc, modifier, expected] : cases) {
        INFO(what);
        const PlaneCount counted = count(fourcc, modifier);
        CHECK(counted.least == expected.least);
        CHECK(counted.most == expected.most);
    }
}
