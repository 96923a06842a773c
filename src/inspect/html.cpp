#include "inspect/html.hpp"

#include <drm_fourcc.h>
#include <map>
#include <string_view>
#include <tarmac/pixel_format.hpp>

#include "dmabuf/formatted.hpp"
#include "inspect/matrix_rows.hpp"

namespace tarmac::inspect {

namespace {

constexpr std::string_view Head = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tarmac-inspect matrix</title>
<style>
:root {
  color-scheme: light dark;
  --back: light-dark(#fff, #1b1b1b);
  --imported: light-dark(#bfe6c3, #1f5a2a);
  --read: light-dark(#c4e3f0, #174d63);
  --copied: light-dark(#cfdcf5, #2c4478);
  --converted: light-dark(#f7e7b0, #665215);
  --refused: light-dark(#eee, #333);
  --off: light-dark(#f3b5ae, #862b22);
}
body { font: 14px/1.4 sans-serif; margin: 1.5em; color: light-dark(#222, #ddd); background: var(--back); }
p { max-width: 60em; }
table { border-collapse: collapse; margin: 0 0 1.5em; }
th, td { padding: .15em .6em; text-align: left; border: 1px solid var(--back); vertical-align: top; }
.matrix th, .matrix td { white-space: nowrap; }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: var(--back); }
.matrix tr > th:first-child { position: sticky; left: 0; background: var(--back); }
.matrix thead th:first-child { z-index: 2; }
.imported { background: var(--imported); }
.read { background: var(--read); }
.copied { background: var(--copied); }
.converted { background: var(--converted); }
.refused { background: var(--refused); color: light-dark(#777, #aaa); }
.off { background: var(--off); }
.key { padding: .1em .5em; }
.problem { color: light-dark(#a00, #f88); }
small { opacity: .75; }
</style>
<h1>tarmac-inspect matrix</h1>
)";

constexpr std::string_view Key = R"(<p>Before the renderer, pictures are
<span class="key imported">imported</span> as they are, <span class="key read">read</span> where they lie,
<span class="key copied">copied</span>, or <span class="key converted">converted</span> to RGB of 8 bits; or clients are
<span class="key refused">refused</span> them.
± is the largest difference of a channel from the reference in 255 (of red, green and blue where they differ);
<span class="key off">more than 2</span> is red. MB/s are 10<sup>6</sup> bytes of pictures a second, from the dma-buf to where
they are drawn. Why one is refused, or wasn't measured, is told where the pointer rests on it.</p>
)";

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string with_problem(const Node& node) {
    return escaped(node.path) +
           (node.problem.empty()
                ? ""
                : " <span class=\"problem\">can't be opened: " + escaped(node.problem) + "</span>");
}

std::string describe(const Scanout& scanout) {
    if (!scanout.problem.empty())
        return "no scanout: " + escaped(scanout.problem);
    std::map<std::uint64_t, std::string> formats;
    for (const FormatModifier& pair : scanout.formats)
        formats[pair.modifier] += ' ' + short_name(pair.fourcc);
    std::string text;
    for (const auto& [modifier, names] : formats)
        text +=
            (text.empty() ? "scans out " : "<br>") + escaped(modifier_name(modifier) + ':' + names);
    return text;
}

void write_versions(std::string& page, const Report& report) {
    page += "<table>\n";
    for (const auto& [name, version] : report.versions)
        page += "<tr><th>" + escaped(name) + "<td>" + escaped(version) + '\n';
    page += "</table>\n";
}

void write_devices(std::string& page, const Report& report) {
    page += "<h2>Devices</h2>\n";
    if (report.devices.empty())
        page += "<p class=\"problem\">None: " + escaped(report.no_devices) + ".</p>\n";
    page += "<table>\n";
    for (std::size_t i = 0; i < report.devices.size(); ++i) {
        const Device& device = report.devices[i];
        page += "<tr><th>" + escaped(title_of(report, i)) + "<td>" + escaped(device.version) +
                "<td>" + escaped(device.bus) + "<td>";
        for (const Node& node : device.nodes)
            page += with_problem(node) + "<br>";
        page += "<td>" + (device.scanout ? describe(*device.scanout) : "") + '\n';
    }
    page += "</table>\n<h2>Memory for pictures</h2>\n<table>\n";
    for (const Maker& maker : report.makers)
        page += "<tr><th>" + escaped(maker.name) + "<td>" + with_problem(maker.node) + '\n';
    page += "</table>\n";
}

void write_renderers(std::string& page, const Report& report) {
    page += "<h2>Renderers</h2>\n<table>\n";
    for (const Renderer& renderer : report.renderers) {
        page += "<tr><th>" + escaped(title_with_memory(report, renderer)) + "<td>" +
                escaped(renderer.driver);
        if (!renderer.memory.empty())
            page += "<br><small>measured with memory of " + escaped(renderer.memory) + "</small>";
        if (!renderer.problem.empty())
            page += " <span class=\"problem\">" + escaped(renderer.problem) + "</span>";
        page += '\n';
    }
    page += "</table>\n";
}

bool has_screens(const Device& device) {
    return device.scanout && !device.scanout->formats.empty();
}

std::string cell(const Outcome* outcome) {
    if (!outcome)
        return "<td>";
    std::string text =
        formatted("<td class=\"{}\"", is_off(*outcome) ? "off" : escaped(outcome->way));
    const std::string& why = outcome->reason.empty() ? outcome->unmeasured : outcome->reason;
    if (!why.empty())
        text += " title=\"" + escaped(why) + '"';
    text += '>' + escaped(outcome->way);
    if (outcome->difference) {
        const auto& [red, green, blue] = *outcome->difference;
        text += red == green && green == blue ? formatted(" ±{}", red)
                                              : formatted(" ±{},{},{}", red, green, blue);
    }
    if (outcome->mb_per_second)
        text += formatted(" <small>{:.0f} MB/s</small>", *outcome->mb_per_second);
    return text;
}

void write_table(std::string& page, const Report& report,
                 const std::vector<const Renderer*>& renderers, std::uint64_t modifier) {
    const std::vector<Row> rows = rows_of(renderers, modifier);
    if (rows.empty())
        return;
    page += "<h2>" + escaped(modifier_name(modifier)) +
            "</h2>\n<table class=\"matrix\">\n"
            "<thead><tr><th>format";
    for (const Renderer* renderer : renderers)
        page += "<th>" + escaped(title_of(report, *renderer)) + "<br><small>in memory of " +
                escaped(renderer->memory.empty() ? "nobody" : renderer->memory) + "</small>";
    for (std::size_t i = 0; i < report.devices.size(); ++i) {
        if (has_screens(report.devices[i]))
            page += "<th>" + escaped(title_of(report, i)) + "'s screens";
    }
    page += "</thead>\n";
    for (const Row& row : rows) {
        page += "<tr><th>" + escaped(fourcc_name(row.fourcc));
        for (const Outcome* outcome : row.outcomes)
            page += cell(outcome);
        for (const Device& device : report.devices) {
            if (has_screens(device))
                page += device.scanout->formats.contains({row.fourcc, modifier})
                            ? "<td class=\"imported\">scanned out"
                            : "<td>";
        }
        page += '\n';
    }
    page += "</table>\n";
}

} // namespace

std::string to_html(const Report& report) {
    std::string page{Head};
    write_versions(page, report);
    write_devices(page, report);
    write_renderers(page, report);
    page += Key;
    const auto started = started_renderers(report);
    write_table(page, report, started, DRM_FORMAT_MOD_LINEAR);
    write_table(page, report, started, DRM_FORMAT_MOD_INVALID);
    for (const std::uint64_t modifier : undrawn_modifiers(started))
        write_table(page, report, started, modifier);
    page += formatted("<p>This took {:.1f} s.</p>\n", report.seconds);
    return page;
}

} // namespace tarmac::inspect
