#pragma once

extern "C" {
#include <wlr/version.h>
}

/// Whether wlroots is 0.`minor` or later. src/wlr/ is where versions differ: nobody but it and the
/// mini-compositor asks (test/unit/layers.cpp).
#define TARMAC_WLROOTS_SINCE(minor) (WLR_VERSION_NUM >= (minor) << 8)

namespace tarmac {

/// Whether wlroots knows what encodes YUV: the protocol color-representation-v1, and colours that
/// scenes and renderers are given. Where it doesn't, they are those that it takes all YUV for.
inline constexpr bool WlrootsNamesColors = TARMAC_WLROOTS_SINCE(20);

} // namespace tarmac
