// Every format of every exporter with every renderer, as grim sees it, against its definition.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <set>
#include <span>
#include <tarmac/pixel_format.hpp>

#include "dmabuf/formatted.hpp"
#include "picture/gallery.hpp"
#include "picture/report.hpp"
#include "picture/required_formats.hpp"
#include "support/sanitizer.hpp"

using namespace test;

namespace {

struct Place {
    Geometry geometry;
    int x, y; ///< in a cell
};

/// Even and odd sizes, planes in one dma-buf and in several, in both orders, with gaps before
/// planes and after rows that are no round numbers.
const Place places[] = {
    {{.width = 64, .height = 48}, 0, 0},
    {{.width = 37, .height = 35, .offset = 1043, .padding = 11, .is_reversed = true}, 68, 0},
    {{.width = 34, .height = 18, .offset = 4100, .padding = 32, .has_many_files = true}, 109, 0},
    {{.width = 3,
      .height = 2,
      .offset = 61,
      .padding = 5,
      .has_many_files = true,
      .is_reversed = true},
     109,
     22},
    {{.width = 1, .height = 1, .offset = 12, .padding = 3}, 116, 22},
};
constexpr int CellWidth = 147, CellHeight = 52;
// As the descriptors of their planes and copies are within one client's share of 2048.
constexpr std::size_t FormatsAtOnce = 3;

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

/// A format of an exporter.
class Cell {
public:
    Cell(const Style& style, const FormatLayout& layout, const Source& source)
        : style_{style}, layout_{layout}, source_{source} {}

    void hang(Gallery& gallery, int left, int top) {
        for (const Place& place : places) {
            Card card{layout_, place.geometry};
            const Import import = gallery.import(card, DRM_FORMAT_MOD_LINEAR, source_);
            if (import.buffer) {
                gallery.hang(import.buffer, left + place.x, top + place.y);
                ways_.insert(import.way);
            } else {
                problems_.push_back(describe(card) + " refused: " + import.reason);
            }
            hung_.push_back({std::move(card), import.way, left + place.x, top + place.y});
        }
    }

    void compare(const Picture& screen) {
        for (const auto& [card, way, x, y] : hung_) {
            if (way.empty())
                continue;
            const Geometry& size = card.geometry();
            const Picture got =
                crop(screen, x, y, static_cast<int>(size.width), static_cast<int>(size.height));
            compare(card, way, got);
        }
    }

    void fail(const std::string& problem) { problems_.push_back(problem); }

    void report() const {
        std::string problems;
        for (const std::string& problem : problems_)
            problems += "\n  " + problem;
        INFO(layout_.name << " of " << source_.name << " with " << style_.renderer << problems);
        CHECK(problems_.empty());
        report_cell({style_.renderer, layout_, source_.name, ways_, problems_.empty(), worst_});
    }

private:
    struct Hung {
        Card card;
        std::string way; ///< empty if it isn't there
        int x, y;
    };

    static std::string describe(const Card& card) {
        return tarmac::formatted("{}x{}", card.geometry().width, card.geometry().height);
    }

    struct Comparison {
        Picture expected;
        int wrong = 0, worst = 0;
    };

    static Comparison compare(const Card& card, const Rendering& rendering, const Picture& got) {
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
                result.worst =
                    std::max(result.worst, distance(got.at(x, y), result.expected.at(x, y)));
                const int allowed = is_amplified ? 1
                                                 : tolerance(card, static_cast<unsigned>(x),
                                                             static_cast<unsigned>(y));
                result.wrong += !lies_between(low.at(x, y), got.at(x, y), high.at(x, y), allowed);
            }
        }
        return result;
    }

    void compare(const Card& card, const std::string& way, const Picture& got) {
        const Rendering as_it_lies{style_.chroma_of(way), style_.blending};
        Comparison comparison = compare(card, as_it_lies, got);
        // The renderer may have read what it knows, or else got 8 bits of it.
        if (comparison.wrong > 0 && way == "mapped")
            comparison = compare(card, {as_it_lies.chroma, as_it_lies.blending, true}, got);
        worst_ = std::max(worst_, comparison.worst);
        if (comparison.wrong == 0)
            return;
        std::string name = tarmac::formatted("{}-{}-{}-{}", style_.renderer, layout_.name,
                                             source_.name, describe(card));
        std::ranges::replace(name, ' ', '_');
        const std::string where = keep_pictures(name, comparison.expected, got);
        problems_.push_back(
            tarmac::formatted("{} by the {}: {} pixels wrong, by {} at worst; see {}",
                              describe(card), way, comparison.wrong, comparison.worst, where));
    }

    const Style& style_;
    const FormatLayout& layout_;
    const Source& source_;
    std::vector<Hung> hung_;
    std::set<std::string> ways_;
    std::vector<std::string> problems_;
    int worst_ = 0;
};

/// What a renderer shows.
class Matrix {
public:
    explicit Matrix(const std::string& renderer)
        : style_{style_of(renderer)}, sources_{available_sources()} {
        gallery_.emplace(style_);
    }

    void show_all() {
        std::vector<const FormatLayout*> layouts;
        for (const FormatLayout& layout : all_format_layouts()) {
            if (gallery_->client().knows({layout.fourcc, DRM_FORMAT_MOD_LINEAR}))
                layouts.push_back(&layout);
            else if (is_required(layout.fourcc))
                report_cell({style_.renderer, layout, "", {}, false, 0});
        }
        for (std::size_t i = 0; i < layouts.size(); i += FormatsAtOnce) {
            const std::size_t n = std::min(FormatsAtOnce, layouts.size() - i);
            show(std::span{layouts}.subspan(i, n));
        }
    }

private:
    /// The exporters to show the format of. The sanitized build is after what is read and written
    /// wrongly, not after pixels: it shows each format once, and each exporter with other formats.
    std::vector<const Source*> sources_of(const FormatLayout& layout) const {
        std::vector<const Source*> sources;
        for (const Source& source : sources_) {
            // The renderer can't draw those, and maps what clients may count on.
            if (!source.is_read_only || is_required(layout.fourcc))
                sources.push_back(&source);
        }
        if (!HasAddressSanitizer)
            return sources;
        const std::ptrdiff_t row = &layout - all_format_layouts().data();
        return {sources[static_cast<std::size_t>(row) % sources.size()]};
    }

    void show(std::span<const FormatLayout* const> layouts) {
        std::vector<Cell> cells;
        try {
            if (!gallery_)
                gallery_.emplace(style_);
            for (std::size_t row = 0; row < layouts.size(); ++row) {
                int column = 0;
                for (const Source* source : sources_of(*layouts[row])) {
                    cells.emplace_back(style_, *layouts[row], *source)
                        .hang(*gallery_, column++ * CellWidth, static_cast<int>(row) * CellHeight);
                }
            }
            const Picture screen = gallery_->look();
            for (Cell& cell : cells)
                cell.compare(screen);
            gallery_->clear();
        } catch (const std::runtime_error& error) {
            // Whoever it was that the compositor died of, the others are shown.
            gallery_.reset();
            if (layouts.size() > 1) {
                for (std::size_t i = 0; i < layouts.size(); ++i)
                    show(layouts.subspan(i, 1));
                return;
            }
            for (Cell& cell : cells)
                cell.fail(error.what());
        }
        for (const Cell& cell : cells)
            cell.report();
    }

    const Style& style_;
    std::vector<Source> sources_;
    std::optional<Gallery> gallery_;
};

} // namespace

TEST_CASE("GLES2 shows every format of every exporter as it is defined") {
    Matrix{"gles2"}.show_all();
}

TEST_CASE("Vulkan shows every format of every exporter as it is defined") {
    Matrix{"vulkan"}.show_all();
}

TEST_CASE("pixman shows every format of every exporter as it is defined") {
    Matrix{"pixman"}.show_all();
}

TEST_CASE("whatever the renderer, there are formats that clients may count on") {
    Gallery gallery{style_of(GENERATE("gles2", "vulkan", "pixman"))};
    for (const std::uint32_t fourcc : required_formats()) {
        INFO(tarmac::fourcc_name(fourcc));
        CHECK(gallery.client().knows({fourcc, DRM_FORMAT_MOD_LINEAR}));
    }
}

TEST_CASE("every advertised pair of format and modifier is imported") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    Gallery gallery{style_of(renderer)};
    const Source source = available_sources().front();
    for (const auto& [fourcc, modifier] : gallery.client().feedback().table) {
        INFO(tarmac::fourcc_name(fourcc)
             << " " << tarmac::modifier_name(modifier) << " with " << renderer);
        const FormatLayout* layout = find_format_layout(fourcc);
        CHECK(layout);
        if (!layout)
            continue;
        const Import import = gallery.import(Card{*layout, {64, 32}}, modifier, source);
        INFO(import.reason);
        CHECK(import.buffer);
    }
}
