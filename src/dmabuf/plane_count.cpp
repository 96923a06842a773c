#include <drm_fourcc.h>
#include <tarmac/pixel_format.hpp>

namespace tarmac {

namespace {

constexpr PlaneCount exactly(unsigned n) {
    return {n, n};
}

/// A modifier that describes only how a plane's bytes are arranged, or keeps compression state
/// where no plane shows it.
PlaneCount no_auxiliary_planes(const PixelFormat& format) {
    return exactly(format.n_planes);
}

PlaneCount intel_planes(const PixelFormat& format, std::uint64_t modifier) {
    switch (modifier) {
    // A plane of compression state for each plane of the format.
    case I915_FORMAT_MOD_Y_TILED_CCS:
    case I915_FORMAT_MOD_Yf_TILED_CCS:
    case I915_FORMAT_MOD_Y_TILED_GEN12_RC_CCS:
    case I915_FORMAT_MOD_Y_TILED_GEN12_MC_CCS:
    case I915_FORMAT_MOD_4_TILED_MTL_RC_CCS:
    case I915_FORMAT_MOD_4_TILED_MTL_MC_CCS:
        return exactly(2u * format.n_planes);
    // The same, and a plane with the clear colour.
    case I915_FORMAT_MOD_Y_TILED_GEN12_RC_CCS_CC:
    case I915_FORMAT_MOD_4_TILED_MTL_RC_CCS_CC:
        return exactly(2u * format.n_planes + 1);
    // The compression state is out of sight, the clear colour is not.
    case I915_FORMAT_MOD_4_TILED_DG2_RC_CCS_CC:
        return exactly(format.n_planes + 1u);
    case I915_FORMAT_MOD_X_TILED:
    case I915_FORMAT_MOD_Y_TILED:
    case I915_FORMAT_MOD_Yf_TILED:
    case I915_FORMAT_MOD_4_TILED:
    case I915_FORMAT_MOD_4_TILED_DG2_RC_CCS:
    case I915_FORMAT_MOD_4_TILED_DG2_MC_CCS:
    case I915_FORMAT_MOD_4_TILED_LNL_CCS:
    case I915_FORMAT_MOD_4_TILED_BMG_CCS:
        return no_auxiliary_planes(format);
    default:
        return {format.n_planes, MaxPlanes};
    }
}

PlaneCount amd_planes(const PixelFormat& format, std::uint64_t modifier) {
    const bool state_is_a_plane =
        AMD_FMT_MOD_GET(DCC, modifier) &&
        AMD_FMT_MOD_GET(TILE_VERSION, modifier) < AMD_FMT_MOD_TILE_VER_GFX12;
    if (!state_is_a_plane)
        return no_auxiliary_planes(format);
    // For formats of several planes the surfaces are merged, a plane of the format each.
    if (format.n_planes > 1)
        return no_auxiliary_planes(format);
    return exactly(AMD_FMT_MOD_GET(DCC_RETILE, modifier) ? 3 : 2);
}

} // namespace

PlaneCount plane_count(const PixelFormat& format, std::uint64_t modifier) noexcept {
    if (modifier == DRM_FORMAT_MOD_LINEAR || modifier == DRM_FORMAT_MOD_INVALID)
        return no_auxiliary_planes(format);
    switch (fourcc_mod_get_vendor(modifier)) {
    case DRM_FORMAT_MOD_VENDOR_INTEL:
        return intel_planes(format, modifier);
    case DRM_FORMAT_MOD_VENDOR_AMD:
        return amd_planes(format, modifier);
    // None of these describes a plane that the format doesn't have: compression state lies in front
    // of the pixels or behind them.
    case DRM_FORMAT_MOD_VENDOR_ARM:
    case DRM_FORMAT_MOD_VENDOR_NVIDIA:
    case DRM_FORMAT_MOD_VENDOR_SAMSUNG:
    case DRM_FORMAT_MOD_VENDOR_QCOM:
    case DRM_FORMAT_MOD_VENDOR_BROADCOM:
    case DRM_FORMAT_MOD_VENDOR_ALLWINNER:
    case DRM_FORMAT_MOD_VENDOR_AMLOGIC:
    case DRM_FORMAT_MOD_VENDOR_MTK:
    case DRM_FORMAT_MOD_VENDOR_APPLE:
        return no_auxiliary_planes(format);
    default:
        return {format.n_planes, MaxPlanes};
    }
}

} // namespace tarmac
