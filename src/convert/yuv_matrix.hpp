#pragma once

#include <tarmac/color_state.hpp>

namespace libyuv {
struct YuvConstants;
}

namespace tarmac {

/// What libyuv calculates with, for matrix and range of `color`: with Matrix::Identity what leaves
/// grey as it is.
const libyuv::YuvConstants* yuv_constants(const ColorState& color);

} // namespace tarmac
