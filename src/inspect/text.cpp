#include "inspect/text.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <map>
#include <span>
#include <string_view>
#include <tarmac/pixel_format.hpp>
#include <utility>

#include "dmabuf/formatted.hpp"
#include "inspect/matrix_rows.hpp"

namespace tarmac::inspect {

namespace {

constexpr std::size_t Width = 80, NameWidth = 15, CellWidth = 21, ColumnsPerTable = 3;

std::string padded(std::string_view text, std::size_t width) {
    std::string result{text.substr(0, width)};
    result.resize(width, ' ');
    return result;
}

/// `text` in lines that begin with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent) {
    std::string result;
    std::size_t column = Width;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (column + 1 + word.size() >= Width) {
            result += (result.empty() ? "" : "\n") + std::string(indent, ' ');
            column = indent;
        } else {
            result += ' ';
            ++column;
        }
        result += word;
        column += word.size();
    }
    return result + '\n';
}

class Writer {
public:
    Writer(const Report& report, bool is_colored) : report_{report}, is_colored_{is_colored} {}

    std::string write() {
        for (const auto& [name, version] : report_.versions)
            text_ += padded(name, 9) + version + '\n';
        write_devices();
        write_makers();
        write_renderers();
        const auto started = started_renderers(report_);
        if (!started.empty()) {
            write_legend();
            write_tables(started, DRM_FORMAT_MOD_LINEAR, "LINEAR");
            write_implicit(started);
            write_undrawn(started);
        }
        text_ += formatted("\nThis took {:.1f} s.\n", report_.seconds);
        return std::move(text_);
    }

private:
    void write_title(std::string_view title) {
        text_ += '\n';
        text_ += is_colored_ ? formatted("\033[1m{}\033[0m\n", title) : std::string{title} + '\n';
    }

    void write_node(const Node& node) {
        text_ += "     " + node.path;
        text_ += node.problem.empty() ? "\n" : " can't be opened:\n" + wrapped(node.problem, 7);
    }

    void write_devices() {
        write_title("Devices");
        if (report_.devices.empty())
            text_ += wrapped("None: " + report_.no_devices + '.', 2);
        for (std::size_t i = 0; i < report_.devices.size(); ++i) {
            const Device& device = report_.devices[i];
            text_ +=
                formatted("  {}  {} {}, {}\n", i + 1, device.driver, device.version, device.bus);
            for (const Node& node : device.nodes)
                write_node(node);
            if (device.scanout)
                write_scanout(*device.scanout);
        }
    }

    void write_scanout(const Scanout& scanout) {
        if (!scanout.problem.empty()) {
            text_ += wrapped("no scanout: " + scanout.problem, 5);
            return;
        }
        std::map<std::uint64_t, std::string> formats;
        for (const FormatModifier& pair : scanout.formats)
            formats[pair.modifier] += ' ' + short_name(pair.fourcc);
        for (const auto& [modifier, names] : formats)
            text_ += wrapped("scans out " + modifier_name(modifier) + ':' + names, 5);
    }

    void write_makers() {
        write_title("Memory for pictures");
        for (const Maker& maker : report_.makers) {
            text_ += "  " + padded(maker.name, 15) + maker.node.path;
            text_ += maker.node.problem.empty()
                         ? "\n"
                         : " can't be opened:\n" + wrapped(maker.node.problem, 7);
        }
    }

    void write_renderers() {
        write_title("Renderers");
        for (const Renderer& renderer : report_.renderers) {
            text_ += "  " + title_with_memory(report_, renderer) + '\n';
            if (!renderer.driver.empty())
                text_ += wrapped(renderer.driver, 7);
            if (!renderer.problem.empty()) {
                const bool has_started = !renderer.outcomes.empty();
                text_ += wrapped(
                    (has_started ? "was broken off: " : "can't be used: ") + renderer.problem, 7);
            } else if (renderer.memory.empty()) {
                text_ += wrapped("nothing is measured, since nobody here makes dma-bufs", 7);
            } else {
                text_ += wrapped("measured with memory of " + renderer.memory, 7);
            }
        }
    }

    void write_legend() {
        text_ += '\n' + wrapped("In the tables: the way that a picture comes before the renderer, "
                                "the largest difference of a channel from the reference, in 255, "
                                "and MB of pictures a second, from the dma-buf to where they are "
                                "drawn. Why something is refused or wasn't measured is told by "
                                "--json and --html.",
                                0);
    }

    std::string color_of(const Outcome& outcome) const {
        if (!is_colored_)
            return "";
        if (outcome.way == "refused" || is_off(outcome))
            return "\033[31m";
        return outcome.way == "imported"    ? "\033[32m"
               : outcome.way == "converted" ? "\033[33m"
                                            : "\033[36m";
    }

    std::string cell(const Outcome* outcome) const {
        if (!outcome)
            return std::string(CellWidth, ' ');
        std::string text = padded(outcome->way, 10);
        text += outcome->difference ? formatted("{:3} ", largest_difference(*outcome)) : "  - ";
        text += outcome->mb_per_second ? formatted("{:6.0f} ", *outcome->mb_per_second) : "     - ";
        if (outcome->way == "refused")
            text = padded(outcome->way, CellWidth);
        const std::string color = color_of(*outcome);
        return color.empty() ? text : color + text + "\033[0m";
    }

    void write_line(std::string line) {
        while (line.ends_with(' '))
            line.pop_back();
        text_ += line + '\n';
    }

    void write_tables(const std::vector<const Renderer*>& renderers, std::uint64_t modifier,
                      const std::string& title) {
        for (std::size_t i = 0; i < renderers.size(); i += ColumnsPerTable) {
            const std::size_t n = std::min(ColumnsPerTable, renderers.size() - i);
            const auto first = renderers.begin() + static_cast<std::ptrdiff_t>(i);
            write_table({first, first + static_cast<std::ptrdiff_t>(n)}, modifier, title);
        }
    }

    void write_table(const std::vector<const Renderer*>& renderers, std::uint64_t modifier,
                     const std::string& title) {
        std::string heading = padded(title, NameWidth), memory = padded("in memory of", NameWidth),
                    refused;
        for (const Renderer* renderer : renderers) {
            heading += padded(title_of(report_, *renderer), CellWidth - 1) + ' ';
            memory += padded(renderer->memory.empty() ? "nobody" : renderer->memory, CellWidth);
        }
        while (heading.ends_with(' '))
            heading.pop_back();
        write_title(heading);
        write_line(std::move(memory));
        for (const Row& row : rows_of(renderers, modifier)) {
            const bool is_taken = std::ranges::any_of(row.outcomes, [](const Outcome* outcome) {
                return outcome && outcome->way != "refused";
            });
            if (!is_taken) {
                refused += ' ' + short_name(row.fourcc);
                continue;
            }
            std::string line = padded(short_name(row.fourcc), NameWidth);
            for (const Outcome* outcome : row.outcomes)
                line += cell(outcome);
            write_line(line);
        }
        if (!refused.empty())
            text_ += wrapped("refused by all:" + refused, 0);
    }

    /// Most renderers take it for LINEAR.
    void write_implicit(const std::vector<const Renderer*>& renderers) {
        bool is_any_other = false;
        for (const Renderer* renderer : renderers) {
            std::map<std::string, std::string> other_ways;
            for (const Outcome& outcome : renderer->outcomes) {
                const FormatModifier linear{outcome.format.fourcc, DRM_FORMAT_MOD_LINEAR};
                const auto alike = std::ranges::find(renderer->outcomes, linear, &Outcome::format);
                if (outcome.format.modifier == DRM_FORMAT_MOD_INVALID &&
                    alike != renderer->outcomes.end() && alike->way != outcome.way)
                    other_ways[outcome.way] += ' ' + short_name(outcome.format.fourcc);
            }
            if (!other_ways.empty() && !std::exchange(is_any_other, true))
                write_title("Implicit layout, where that makes a difference");
            for (const auto& [way, names] : other_ways)
                text_ +=
                    wrapped(title_with_memory(report_, *renderer) + ", " + way + ':' + names, 2);
        }
    }

    void write_undrawn(const std::vector<const Renderer*>& renderers) {
        for (const std::uint64_t modifier : undrawn_modifiers(renderers)) {
            write_title(modifier_name(modifier));
            for (const Renderer* renderer : renderers) {
                std::string imported;
                for (const Outcome& outcome : renderer->outcomes) {
                    if (outcome.format.modifier == modifier && outcome.way == "imported")
                        imported += ' ' + short_name(outcome.format.fourcc);
                }
                if (!imported.empty())
                    text_ +=
                        wrapped(title_with_memory(report_, *renderer) + " imports" + imported, 2);
            }
        }
    }

    const Report& report_;
    bool is_colored_;
    std::string text_;
};

} // namespace

std::string to_text(const Report& report, bool is_colored) {
    return Writer{report, is_colored}.write();
}

} // namespace tarmac::inspect
