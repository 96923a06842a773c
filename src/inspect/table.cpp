#include "inspect/table.hpp"

#include <algorithm>

namespace tarmac::inspect {

void Table::print(std::ostream& out, const std::string& if_empty) const {
    if (rows_.empty()) {
        out << if_empty << '\n';
        return;
    }
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = columns_[i].head.size();
        for (const Row& row : rows_)
            width = std::max(width, row.cells[i].size());
        widths.push_back(width);
    }
    const auto print_cells = [&](const auto& text_of) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string& text = text_of(i);
            const std::string padding(widths[i] - text.size(), ' ');
            line += i > 0 ? "  " : "";
            line += columns_[i].side == Side::Left ? text + padding : padding + text;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    };
    print_cells([&](std::size_t i) -> const std::string& { return columns_[i].head; });
    for (const Row& row : rows_) {
        print_cells([&](std::size_t i) -> const std::string& { return row.cells[i]; });
        if (!row.sentence.empty())
            out << "    " << row.sentence << '\n';
    }
}

} // namespace tarmac::inspect
