#include "inspect/entries.hpp"

#include <algorithm>
#include <array>

#include "dmabuf/formatted.hpp"

namespace tarmac::inspect {

std::string text(const Json& value) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    std::ranges::replace_if(text, [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return text;
}

std::string json_text(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string label_of(const Json& entry) {
    const std::string process = text(entry["process"]);
    return formatted("{}[{}]", process.empty() ? "?" : process, text(entry["pid"]));
}

std::string fourcc_of(const Json& buffer) {
    const std::string name = text(buffer["fourcc"]);
    return name.substr(0, name.find(' '));
}

std::string sentence_of(const Json& buffer) {
    const std::string awaits = text(buffer["awaits"]);
    const std::string reason = text(buffer["reason"]);
    if (awaits == "nothing")
        return reason;
    return formatted("waits: {}, {}{}{}", awaits, short_time(buffer["waits_for_us"]),
                     reason.empty() ? "" : "; ", reason);
}

std::uint64_t memory_of(const Json& buffer) {
    std::set<std::uint64_t> known;
    return memory_of(buffer, known);
}

std::uint64_t memory_of(const Json& buffer, std::set<std::uint64_t>& known) {
    std::uint64_t bytes = 0;
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
    return joined(names);
}

std::uint64_t held_by(const Json& client, std::string_view resource) {
    for (const Json& use : client["uses"]) {
        if (use["resource"] == resource)
            return use["held"];
    }
    return 0;
}

std::uint64_t median_of(const Json& client, const char* step) {
    const auto timing = client["times"].find(step);
    return timing != client["times"].end() ? (*timing)["median_us"].get<std::uint64_t>() : 0;
}

std::string short_bytes(std::uint64_t bytes) {
    constexpr std::array Units = {"", "K", "M", "G", "T", "P", "E"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < Units.size(); ++unit)
        value /= 1024;
    return unit == 0 || value >= 100 ? formatted("{:.0f}{}", value, Units[unit])
                                     : formatted("{:.1f}{}", value, Units[unit]);
}

std::string short_time(std::uint64_t microseconds) {
    if (microseconds == 0)
        return "-";
    if (microseconds < 1000)
        return formatted("{}us", microseconds);
    const double milliseconds = static_cast<double>(microseconds) / 1000;
    return milliseconds < 1000 ? formatted("{:.1f}ms", milliseconds)
                               : formatted("{:.1f}s", milliseconds / 1000);
}

std::string joined(const std::set<std::string>& names) {
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ",") + name;
    return all;
}

Index::Index(const Json& snapshot) {
    for (const Json& client : snapshot["clients"])
        labels_.emplace(client["id"], label_of(client));
    for (const Json& surface : snapshot["surfaces"]) {
        auto& names = outputs_[{surface["client"], surface["buffer"]}];
        for (const Json& output : surface["outputs"])
            names.insert(text(output["name"]) + (output["scanned_out"] == true ? "*" : ""));
    }
}

std::string Index::label(const Json& client_id) const {
    const auto found = labels_.find(client_id.get<Id>());
    return found != labels_.end() ? found->second : formatted("client {}", text(client_id));
}

std::string Index::outputs(const Json& buffer) const {
    const auto found = outputs_.find({buffer["client"], buffer["id"]});
    return found != outputs_.end() ? joined(found->second) : std::string{};
}

} // namespace tarmac::inspect
