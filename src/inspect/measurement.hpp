#pragma once

#include <optional>
#include <tarmac/importer.hpp>
#include <tarmac/texture_builder.hpp>

#include "import/decision.hpp"
#include "inspect/canvas.hpp"
#include "inspect/report.hpp"
#include "inspect/sample.hpp"

namespace tarmac::inspect {

/// Shows pictures through the library and looks at them.
class Measurement {
public:
    /// All borrowed. Error: why nothing can be measured.
    static Result<Measurement> create(wlr_renderer* renderer, Importer& importer,
                                      RendererFacts::Kind kind, const Maker& maker);

    /// Measures pictures of `outcome`'s format, which come before the renderer in that way. Writes
    /// down why where that fails.
    void measure(Outcome& outcome, Way way);

private:
    Measurement(wlr_renderer* renderer, Importer& importer, RendererFacts::Kind kind,
                const Maker& maker, Canvas small, Canvas large)
        : renderer_{renderer}
        , importer_{&importer}
        , kind_{kind}
        , maker_{&maker}
        , small_{std::move(small)}
        , large_{std::move(large)} {}

    Result<void> try_to(Outcome& outcome, Way way);
    Result<std::array<int, 3>> difference(const Card& card, FormatModifier format, Way way);
    Result<double> speed(const Card& card, FormatModifier format, Way way);
    /// One picture, from its dma-bufs to where it is drawn.
    Result<void> show(Canvas& canvas, TextureBuilder& builder, Way way);

    wlr_renderer* renderer_;
    Importer* importer_;
    RendererFacts::Kind kind_;
    const Maker* maker_;
    Canvas small_, large_;
};

} // namespace tarmac::inspect
