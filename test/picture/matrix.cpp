// Every format of every exporter with every renderer, as grim sees it, against its definition.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <span>
#include <tarmac/pixel_format.hpp>
#include <wayland-client.h>

#include "picture/cell.hpp"
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

/// Hangs the format in all places, made by `source`.
void hang(Cell& cell, Gallery& gallery, const Source& source, int left, int top) {
    for (const Place& place : places) {
        Card card{cell.layout(), place.geometry};
        const std::vector<tarmac::Fd> files = make_files(card, source);
        const std::string name = describe(card);
        const Import import = cell.hang(gallery, std::move(card), DRM_FORMAT_MOD_LINEAR, files,
                                        left + place.x, top + place.y);
        if (!import.buffer)
            cell.fail(name + " refused: " + import.reason);
    }
}

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
                    hang(cells.emplace_back(style_, *layouts[row], source->name), *gallery_,
                         *source, column++ * CellWidth, static_cast<int>(row) * CellHeight);
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
        const Card card{*layout, {64, 32}};
        const Import import = test::import(gallery.compositor(), gallery.client(), card, modifier,
                                           make_files(card, source));
        INFO(import.reason);
        CHECK(import.buffer);
        // All of them would be more descriptors than one client may hold.
        if (import.buffer)
            wl_buffer_destroy(import.buffer);
    }
}
