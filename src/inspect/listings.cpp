#include "inspect/listings.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "dmabuf/formatted.hpp"
#include "inspect/table.hpp"

namespace tarmac::inspect {

namespace {

using Side = Table::Side;

/// Names are clients' choice, and mustn't do anything to a terminal.
std::string text(const Json& value) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    std::ranges::replace_if(text, [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return text;
}

std::string client_label(const Json& client) {
    const std::string process = text(client["process"]);
    return formatted("{}[{}]", process.empty() ? "?" : process, text(client["pid"]));
}

/// Of one that may have gone while the snapshot was told.
std::string label_of(const Json& snapshot, const Json& id) {
    for (const Json& client : snapshot["clients"]) {
        if (client["id"] == id)
            return client_label(client);
    }
    return formatted("client {}", text(id));
}

/// "XR24(XRGB8888)": the fourcc alone.
std::string fourcc(const Json& entry) {
    const std::string name = text(entry["fourcc"]);
    return name.substr(0, std::max<std::size_t>(name.find('('), 1));
}

/// Why an entry isn't shown the best way, or what it waits for.
std::string sentence_of(const Json& entry) {
    const std::string awaits = text(entry["awaits"]);
    if (awaits != "nothing")
        return formatted("waits: {}", awaits);
    return entry.contains("reason") ? text(entry["reason"]) : std::string{};
}

std::uint64_t memory_of(const Json& buffer) {
    std::uint64_t bytes = 0;
    std::set<std::uint64_t> known;
    for (const Json& plane : buffer["planes"]) {
        if (known.insert(plane["inode"].get<std::uint64_t>()).second)
            bytes += plane["size"].get<std::uint64_t>();
    }
    return bytes;
}

std::string exporters_of(const Json& buffer) {
    std::set<std::string> names;
    for (const Json& plane : buffer["planes"])
        names.insert(text(plane["exporter"]));
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ",") + name;
    return all;
}

/// Where a buffer is seen: "HEADLESS-1", with a * where it is scanned out.
std::string outputs_of(const Json& snapshot, const Json& buffer) {
    std::set<std::string> names;
    for (const Json& surface : snapshot["surfaces"]) {
        if (surface["client"] != buffer["client"] || surface["buffer"] != buffer["id"])
            continue;
        for (const Json& output : surface["outputs"])
            names.insert(text(output["name"]) + (output["scanned_out"] == true ? "*" : ""));
    }
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ",") + name;
    return all;
}

std::string median_of(const Json& client, const char* step) {
    const Json& timing = client["times"][step];
    return timing["count"] == 0 ? "-" : formatted("{}us", text(timing["median_us"]));
}

const Json& use_of(const Json& client, std::string_view resource) {
    static const Json none = {{"held", 0}, {"left", 0}};
    for (const Json& use : client["uses"]) {
        if (text(use["resource"]) == resource)
            return use;
    }
    return none;
}

} // namespace

std::string short_bytes(std::uint64_t bytes) {
    constexpr std::array Units = {"", "K", "M", "G", "T", "P", "E"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < Units.size(); ++unit)
        value /= 1024;
    return unit == 0 || value >= 100 ? formatted("{:.0f}{}", value, Units[unit])
                                     : formatted("{:.1f}{}", value, Units[unit]);
}

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
    for (const Json& buffer : snapshot["buffers"])
        table.add({label_of(snapshot, buffer["client"]), text(buffer["id"]),
                   formatted("{}x{}", text(buffer["width"]), text(buffer["height"])),
                   fourcc(buffer), text(buffer["modifier"]), short_bytes(memory_of(buffer)),
                   exporters_of(buffer), text(buffer["way"]), outputs_of(snapshot, buffer)},
                  sentence_of(buffer));
    table.print(out, "No client has a buffer in dma-bufs.");
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
    for (const Json& client : snapshot["clients"]) {
        const auto held = [&](std::string_view resource) {
            return use_of(client, resource)["held"].get<std::uint64_t>();
        };
        table.add({client_label(client), std::to_string(held("buffers")),
                   std::to_string(held("file descriptors")), short_bytes(held("mapped bytes")),
                   short_bytes(held("bytes of copies")), text(client["commits"]),
                   text(client["refusals"]), median_of(client, "import"), median_of(client, "wait"),
                   median_of(client, "conversion")});
    }
    table.print(out, "No client has used dma-bufs.");
}

std::string refusal_line(const Json& refusal) {
    // The time of day alone
    return formatted("{}  {}{}  {}", text(refusal["time"]).substr(11, 12), client_label(refusal),
                     refusal["fatal"] == true ? " (ended)" : "", text(refusal["reason"]));
}

void print_refusals(std::ostream& out, const Json& snapshot) {
    for (const Json& refusal : snapshot["refusals"])
        out << refusal_line(refusal) << '\n';
    if (snapshot["refusals"].empty())
        out << "Nothing was refused.\n";
}

void print_feedback(std::ostream& out, const Json& snapshot) {
    for (const Json& feedback : snapshot["feedback"]) {
        const bool is_default = feedback["surface"] == 0;
        out << label_of(snapshot, feedback["client"])
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
        out << "No client has asked for feedback.\n";
}

} // namespace tarmac::inspect
