#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <tarmac/pixel_format.hpp>

namespace tarmac {

/// How numbers in a buffer mean colours: code points of ITU-T H.273 (CICP), as in
/// wp_color_representation_v1 and GdkCicpParams. Numbers without an enumerator may be cast.
///
/// What an Importer takes is shown right: the matrices that have an enumerator with YUV (Identity:
/// Y, U and V are green, blue and red), Identity alone with RGB, and either range with both. Nobody
/// converts transfer functions and primaries. Taken for sRGB, the curve on whose gamma 2.2 displays
/// are built, are the transfers 13, 4 (gamma 2.2), those of cameras, 1, 6, 14 and 15, which are one
/// curve and made to be seen on such displays, and 2, which says nothing; of the primaries 1 and 2.
/// All else is refused with a sentence.
struct ColorState {
    enum class Matrix : std::uint8_t { Identity = 0, Bt709 = 1, Bt601 = 6, Bt2020 = 9 };
    enum class Range : std::uint8_t { Limited = 0, Full = 1 };
    enum class Transfer : std::uint8_t { Bt709 = 1, Linear = 8, Srgb = 13, Pq = 16, Hlg = 18 };
    enum class Primaries : std::uint8_t { Bt709 = 1, Bt601 = 6, Bt2020 = 9, DisplayP3 = 12 };

    Matrix matrix;
    Range range;
    Transfer transfer = Transfer::Srgb;
    Primaries primaries = Primaries::Bt709;

    /// What is meant where nothing is said: for YUV the BT.601 matrix in limited range, for all
    /// else the numbers themselves; sRGB both times.
    static constexpr ColorState of(ColorModel model) noexcept {
        return model == ColorModel::Yuv ? ColorState{Matrix::Bt601, Range::Limited}
                                        : ColorState{Matrix::Identity, Range::Full};
    }

    friend bool operator==(const ColorState&, const ColorState&) = default;
};

} // namespace tarmac
