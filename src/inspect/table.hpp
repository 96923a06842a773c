#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace tarmac::inspect {

/// Rows whose columns are as wide as what stands in them. A row may have a sentence below it.
class Table {
public:
    enum class Side : std::uint8_t { Left, Right };
    struct Column {
        std::string head;
        Side side = Side::Left;
    };

    explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}

    void add(std::vector<std::string> cells, std::string sentence = {}) {
        rows_.push_back({std::move(cells), std::move(sentence)});
    }
    /// Says `if_empty` if there is no row.
    void print(std::ostream& out, const std::string& if_empty) const;

private:
    struct Row {
        std::vector<std::string> cells;
        std::string sentence;
    };

    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

} // namespace tarmac::inspect
