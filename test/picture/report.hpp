#pragma once

#include <set>
#include <string>

#include "support/picture.hpp"

namespace test {

struct CellResult {
    std::string renderer, format, exporter;
    std::set<std::string> ways;
    bool is_right;
    int worst;
};

/// Adds a line to the file that TARMAC_FORMAT_REPORT names, if it does: fields between tabs.
void report_cell(const CellResult& result);

/// Writes NAME-expected.png, NAME-got.png and NAME-difference.png (the largest difference is white)
/// to the directory that TARMAC_PICTURES names, or to one for temporary files. Where to look.
std::string keep_pictures(const std::string& name, const Picture& expected, const Picture& got);

} // namespace test
