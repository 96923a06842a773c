#include "inspect/listings.hpp"

#include "dmabuf/formatted.hpp"
#include "inspect/entries.hpp"
#include "inspect/table.hpp"

namespace tarmac::inspect {

namespace {

using Side = Table::Side;

} // namespace

void print_buffers(std::ostream& out, const Json& snapshot) {
    Table table{{{"CLIENT"},
                 {"BUFFER", Side::Right},
                 {"SIZE", Side::Right},
                 {"FORMAT"},
                 {"MODIFIER"},
                 {"MEMORY", Side::Right},
                 {"FROM"},
                 {"WAY"},
                 {"OUTPUTS"}}};
    const Index index{snapshot};
    for (const Json& buffer : snapshot["buffers"])
        table.add({index.label(buffer["client"]), text(buffer["id"]),
                   formatted("{}x{}", text(buffer["width"]), text(buffer["height"])),
                   fourcc_of(buffer), text(buffer["modifier"]), short_bytes(memory_of(buffer)),
                   exporters_of(buffer), text(buffer["way"]), index.outputs(buffer)},
                  sentence_of(buffer));
    table.print(out, "No buffers in dma-bufs.");
}

void print_clients(std::ostream& out, const Json& snapshot) {
    Table table{{{"CLIENT"},
                 {"BUFFERS", Side::Right},
                 {"FILES", Side::Right},
                 {"MAPPED", Side::Right},
                 {"COPIED", Side::Right},
                 {"COMMITS", Side::Right},
                 {"REFUSED", Side::Right},
                 {"IMPORT", Side::Right},
                 {"WAIT", Side::Right},
                 {"CONVERT", Side::Right}}};
    for (const Json& client : snapshot["clients"])
        table.add({label_of(client), std::to_string(held_by(client, "buffers")),
                   std::to_string(held_by(client, "file descriptors")),
                   short_bytes(held_by(client, "mapped bytes")),
                   short_bytes(held_by(client, "bytes of copies")), text(client["commits"]),
                   text(client["refusals"]), short_time(median_of(client, "import")),
                   short_time(median_of(client, "wait")),
                   short_time(median_of(client, "conversion"))});
    table.print(out, "No clients that use dma-bufs.");
}

std::string refusal_line(const Json& refusal) {
    // The time of day alone
    return formatted("{}  {}{}  {}", text(refusal["time"]).substr(11, 12), label_of(refusal),
                     refusal["fatal"] == true ? " (ended)" : "", text(refusal["reason"]));
}

void print_refusals(std::ostream& out, const Json& snapshot) {
    for (const Json& refusal : snapshot["refusals"])
        out << refusal_line(refusal) << '\n';
    if (snapshot["refusals"].empty())
        out << "No refusals.\n";
}

void print_feedback(std::ostream& out, const Json& snapshot) {
    const Index index{snapshot};
    for (const Json& feedback : snapshot["feedback"]) {
        const bool is_default = feedback["surface"] == 0;
        out << index.label(feedback["client"])
            << (is_default ? std::string{": default"}
                           : formatted(": surface {}", text(feedback["surface"])))
            << ", main device " << text(feedback["main_device"]) << '\n';
        for (const Json& tranche : feedback["tranches"]) {
            out << "  " << text(tranche["device"]) << (tranche["scanout"] == true ? " scanout" : "")
                << (tranche["sampling"] == true ? " sampling" : "") << '\n';
            for (const Json& pair : tranche["formats"])
                out << "    " << text(pair["fourcc"]) << "  " << text(pair["modifier"]) << '\n';
        }
    }
    if (snapshot["feedback"].empty())
        out << "No feedback.\n";
}

} // namespace tarmac::inspect
