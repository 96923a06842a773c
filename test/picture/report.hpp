#pragma once

#include <set>
#include <string>

#include "support/format_layout.hpp"
#include "support/picture.hpp"

namespace test {

/// A format of an exporter with a renderer.
struct CellResult {
    std::string renderer;
    const FormatLayout& layout;
    std::string exporter;       ///< empty for a format that should be offered and isn't
    std::set<std::string> ways; ///< that the buffers landed
    bool is_right;
    int worst; ///< difference of a channel
};

/// Adds a line to the file that TARMAC_FORMAT_REPORT names, if it does: the fields between tabs,
/// and before them where the format stands in all_format_layouts().
void report_cell(const CellResult& result);

/// Writes NAME-expected.png, NAME-got.png and NAME-difference.png (the largest difference is white)
/// to the directory that TARMAC_PICTURES names, or to one for temporary files. Where to look.
std::string keep_pictures(const std::string& name, const Picture& expected, const Picture& got);

} // namespace test
