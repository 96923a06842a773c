#include "picture/cell.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "dmabuf/formatted.hpp"
#include "picture/report.hpp"

namespace test {

namespace {

/// How far a channel may be from the reference, which has been rounded to a screen's 8 bits.
/// Opaque numbers of 8 bits stay what they are. Those of other widths lie between two of the
/// screen's: pixman cuts them off, others round. What is mixed with what lies under it is rounded
/// twice. YUV is allowed what fixed-point arithmetic and the filters of textures cost.
int tolerance(const Card& card, unsigned x, unsigned y) {
    if (card.layout().is_yuv)
        return 2;
    return card.layout().bits() == 8 && card.is_opaque(x, y) ? 0 : 1;
}

bool lies_between(const Pixel& low, const Pixel& pixel, const Pixel& high, int tolerance) {
    const auto lies = [tolerance](int least, int value, int most) {
        return least - tolerance <= value && value <= most + tolerance;
    };
    return lies(low.red, pixel.red, high.red) && lies(low.green, pixel.green, high.green) &&
           lies(low.blue, pixel.blue, high.blue);
}

struct Comparison {
    Picture expected;
    int wrong = 0, worst = 0;
};

Comparison compared(const Card& card, const Rendering& rendering, const Picture& got) {
    Comparison result{card.expected(Gallery::Background, rendering)};
    const auto expected_off = [&](double off) {
        Rendering other = rendering;
        other.off = off;
        return card.expected(Gallery::Background, other);
    };
    // Light makes more of a step in what is nearly transparent. Conversion takes two at most in
    // YUV, and otherwise rounds.
    const bool is_amplified = rendering.is_converted && rendering.blending == Blending::Gamma22;
    const double step = !is_amplified ? 0 : card.layout().is_yuv ? 2 : 0.5;
    const Picture low = expected_off(-step), high = expected_off(step);
    for (int y = 0; y < got.height; ++y) {
        for (int x = 0; x < got.width; ++x) {
            result.worst = std::max(result.worst, distance(got.at(x, y), result.expected.at(x, y)));
            const int allowed =
                is_amplified ? 1
                             : tolerance(card, static_cast<unsigned>(x), static_cast<unsigned>(y));
            result.wrong += !lies_between(low.at(x, y), got.at(x, y), high.at(x, y), allowed);
        }
    }
    return result;
}

} // namespace

std::string describe(const Card& card) {
    return tarmac::formatted("{}x{}", card.geometry().width, card.geometry().height);
}

Import Cell::hang(Gallery& gallery, Card card, std::uint64_t modifier,
                  std::span<const tarmac::Fd> files, int x, int y) {
    Import import = gallery.import(card, modifier, files);
    if (import.buffer) {
        gallery.hang(import.buffer, x, y);
        ways_.insert(import.way);
        hung_.push_back({std::move(card), import.way, x, y});
    }
    return import;
}

void Cell::compare(const Picture& screen) {
    for (const auto& [card, way, x, y] : hung_) {
        const Geometry& size = card.geometry();
        compare(card, way,
                crop(screen, x, y, static_cast<int>(size.width), static_cast<int>(size.height)));
    }
}

void Cell::compare(const Card& card, const std::string& way, const Picture& got) {
    const Rendering as_it_lies{style_.chroma_of(way), style_.blending};
    Comparison comparison = compared(card, as_it_lies, got);
    // The renderer may have read what it knows, or else got 8 bits of it.
    if (comparison.wrong > 0 && way == "mapped")
        comparison = compared(card, {as_it_lies.chroma, as_it_lies.blending, true}, got);
    worst_ = std::max(worst_, comparison.worst);
    if (comparison.wrong == 0)
        return;
    std::string name =
        tarmac::formatted("{}-{}-{}-{}", style_.renderer, layout_.name, exporter_, describe(card));
    std::ranges::replace(name, ' ', '_');
    const std::string where = keep_pictures(name, comparison.expected, got);
    problems_.push_back(tarmac::formatted("{} by the {}: {} pixels wrong, by {} at worst; see {}",
                                          describe(card), way, comparison.wrong, comparison.worst,
                                          where));
}

void Cell::report() const {
    std::string problems;
    for (const std::string& problem : problems_)
        problems += "\n  " + problem;
    INFO(layout_.name << " of " << exporter_ << " with " << style_.renderer << problems);
    CHECK(problems_.empty());
    report_cell({style_.renderer, layout_, exporter_, ways_, problems_.empty(), worst_});
}

} // namespace test
