#include "inspect/top_view.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dmabuf/formatted.hpp"
#include "inspect/entries.hpp"

namespace tarmac::inspect {

namespace {

using namespace ftxui;
using Order = TopTable::Order;

/// A column of clients: its head, and the width that 80 columns leave it.
struct Column {
    const char* head;
    int width;
    std::optional<Order> order;
};

constexpr std::array Columns = {
    Column{"CLIENT", 19, Order::Client},  Column{"BUFS", 5, Order::Buffers},
    Column{"MEMORY", 7, Order::Memory},   Column{"COPIES", 7, Order::Copied},
    Column{"SHOWN/s", 8, Order::Commits}, Column{"WAIT", 7, Order::Wait},
    Column{"CONV", 7, Order::Conversion}, Column{"REF", 3, std::nullopt},
};

Element cell(const std::string& shown, const Column& column, bool is_left) {
    Element made = ftxui::text(shown);
    if (!is_left)
        made = hbox({filler(), std::move(made)});
    return std::move(made) | size(WIDTH, EQUAL, column.width);
}

Element line(const std::array<std::string, Columns.size()>& cells, const std::string& rest) {
    Elements elements;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        elements.push_back(cell(cells[i], Columns[i], i == 0));
        elements.push_back(ftxui::text(" "));
    }
    elements.push_back(ftxui::text(rest) | xflex_shrink);
    return hbox(std::move(elements));
}

Element heads(Order order) {
    std::array<std::string, Columns.size()> cells;
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i] = formatted("{}{}", Columns[i].head, Columns[i].order == order ? "*" : "");
    return line(cells, "WAYS") | inverted;
}

Element client_line(const TopRow& row) {
    return line({row.label, std::to_string(row.n_buffers), short_bytes(row.memory),
                 short_bytes(row.copied), formatted("{:.1f}", row.commits_per_second),
                 short_time(row.wait_us), short_time(row.conversion_us),
                 std::to_string(row.refusals)},
                row.ways);
}

Element buffer_line(const Json& buffer) {
    const std::string way = inspect::text(buffer["way"]);
    const Color color = way == "imported" || way == "read" ? Color::Green
                        : way.empty()                      ? Color::Red
                                                           : Color::Yellow;
    Elements parts = {
        ftxui::text(formatted(
            "{:>10} {:>11} {} {} {} ", inspect::text(buffer["id"]),
            formatted("{}x{}", inspect::text(buffer["width"]), inspect::text(buffer["height"])),
            fourcc_of(buffer), inspect::text(buffer["modifier"]), short_bytes(memory_of(buffer)))),
        ftxui::text(way) | ftxui::color(color),
        ftxui::text(formatted(" {}", sentence_of(buffer))) | xflex_shrink,
    };
    return hbox(std::move(parts));
}

} // namespace

void TopView::move(int lines) {
    const auto& rows = table.rows();
    if (rows.empty())
        return;
    const auto found = std::ranges::find(rows, selected, &TopRow::client);
    const auto place = found != rows.end() ? found - rows.begin() : 0;
    selected = rows[static_cast<std::size_t>(
                        std::clamp<std::ptrdiff_t>(place + lines, 0, std::ssize(rows) - 1))]
                   .client;
}

Element TopView::render() const {
    Elements clients, buffers;
    for (const TopRow& row : table.rows()) {
        Element made = client_line(row);
        clients.push_back(row.client == selected ? std::move(made) | bold | focus
                                                 : std::move(made));
    }
    for (const Json& buffer : table.buffers_of(selected))
        buffers.push_back(buffer_line(buffer));
    const std::string top =
        problem.empty() ? formatted("tarmac-inspect: {} clients, {} buffers, {} refusals of late",
                                    table.rows().size(), table.n_buffers(), table.n_refusals())
                        : problem;
    return vbox({
        ftxui::text(top) | (problem.empty() ? nothing : ftxui::color(Color::Red)),
        heads(table.order()),
        vbox(std::move(clients)) | yframe | flex,
        separator(),
        vbox(std::move(buffers)) | yframe | flex,
        ftxui::text("Up Down  sort: c)lient b)ufs m)emory co)pies s)hown w)ait conv)erting  "
                    "q)uit") |
            dim,
    });
}

} // namespace tarmac::inspect
