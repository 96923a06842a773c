#pragma once

#include "inspect/card.hpp"
#include "support/format_layout.hpp"
#include "support/picture.hpp"

namespace test {

using tarmac::inspect::Blending;
using tarmac::inspect::Chroma;
using tarmac::inspect::Geometry;
using tarmac::inspect::Rendering;

/// The test card of tarmac-inspect, with what is expected of it as a picture.
class Card : public tarmac::inspect::Card {
public:
    using tarmac::inspect::Card::Card;

    Picture expected(const Pixel& background, const Rendering& rendering) const {
        Picture picture{
            static_cast<int>(geometry().width), static_cast<int>(geometry().height), {}};
        for (const auto& [red, green, blue] : tarmac::inspect::Card::expected(
                 {background.red, background.green, background.blue}, rendering))
            picture.pixels.push_back({red, green, blue});
        return picture;
    }
};

} // namespace test
