#include "convert/yuv_matrix.hpp"

#include <cstdint>
#include <iterator>
#include <libyuv.h>
#include <libyuv/row.h>

namespace tarmac {

namespace {

using namespace libyuv;

/// libyuv's constants with the coefficient of blue that it cuts off at 2, which leaves saturated
/// blue a dozen steps too dark. In 64ths. A template, for what libyuv has depends on the CPU.
template <typename Constants>
Constants with_blue(const Constants& cut, std::uint8_t coefficient) {
    Constants whole = cut;
    if constexpr (requires { whole.kUVToB; }) {
        for (std::size_t i = 0; i < std::size(whole.kUVToB); i += 2)
            whole.kUVToB[i] = coefficient;
    } else if constexpr (requires { whole.kRGBCoeffBias; }) {
        // ARM's and RISC-V's chroma isn't signed: its middle is taken off afterwards, multiplied.
        whole.kUVCoeff[0] = coefficient;
        whole.kRGBCoeffBias[1] =
            static_cast<std::int16_t>(cut.kRGBCoeffBias[1] + (coefficient - cut.kUVCoeff[0]) * 128);
    }
    return whole;
}

} // namespace

const YuvConstants* yuv_constants(const ColorState& color) {
    // Aligned as libyuv's own, which it loads whole.
    // 1.772 (BT.601), 1.8556 (BT.709) and 1.8814 (BT.2020), each times 255 / 224.
    alignas(32) static const YuvConstants bt601_limited = with_blue(kYuvI601Constants, 129);
    alignas(32) static const YuvConstants bt709_limited = with_blue(kYuvH709Constants, 135);
    alignas(32) static const YuvConstants bt2020_limited = with_blue(kYuv2020Constants, 137);
    const bool is_full = color.range == ColorState::Range::Full;
    switch (color.matrix) {
    case ColorState::Matrix::Identity:
        return &kYuvJPEGConstants;
    case ColorState::Matrix::Bt709:
        return is_full ? &kYuvF709Constants : &bt709_limited;
    case ColorState::Matrix::Bt2020:
        return is_full ? &kYuvV2020Constants : &bt2020_limited;
    default:
        return is_full ? &kYuvJPEGConstants : &bt601_limited;
    }
}

} // namespace tarmac
