#include "import/colors.hpp"

#include <algorithm>
#include <utility>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

using Matrix = ColorState::Matrix;

// Code points of H.273. 2 says that nobody knows.
constexpr int transfers_like_srgb[] = {1, 2, 4, 6, 13, 14, 15};
constexpr int primaries_like_srgb[] = {1, 2};

} // namespace

Result<void> check_meaning(const PixelFormat& format, const ColorState& color) {
    constexpr Matrix yuv_matrices[] = {Matrix::Identity, Matrix::Bt709, Matrix::Bt601,
                                       Matrix::Bt2020};
    const int matrix = std::to_underlying(color.matrix), range = std::to_underlying(color.range);
    const int transfer = std::to_underlying(color.transfer);
    const int primaries = std::to_underlying(color.primaries);
    if (format.model != ColorModel::Yuv && color.matrix != Matrix::Identity)
        return fail(Fault::ImportFailed,
                    formatted("{} isn't YUV, so it has no matrix {} but 0, the identity",
                              fourcc_name(format.fourcc), matrix));
    if (!std::ranges::contains(yuv_matrices, color.matrix))
        return fail(Fault::ImportFailed,
                    formatted("YUV of matrix {} isn't converted, only of 0, 1, 6 and 9", matrix));
    if (range > 1)
        return fail(Fault::ImportFailed,
                    formatted("the range {} is neither 0, limited, nor 1, full", range));
    if (!std::ranges::contains(transfers_like_srgb, transfer))
        return fail(Fault::ImportFailed,
                    formatted("colours of the transfer function {} aren't converted; 1, 2, 4, 6, "
                              "13, 14 and 15 are shown as sRGB",
                              transfer));
    if (!std::ranges::contains(primaries_like_srgb, primaries))
        return fail(Fault::ImportFailed,
                    formatted("colours of the primaries {} aren't converted; 1 and 2 are shown "
                              "as sRGB",
                              primaries));
    return {};
}

} // namespace tarmac
