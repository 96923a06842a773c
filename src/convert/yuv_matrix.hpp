#pragma once

#include <tarmac/color_state.hpp>

namespace libyuv {
struct YuvConstants;
}

namespace tarmac {

/// What libyuv calculates with, for matrix and range of `color`; BT.601 if it isn't one for YUV.
const libyuv::YuvConstants* yuv_constants(const ColorState& color);

} // namespace tarmac
