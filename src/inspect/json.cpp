#include "inspect/json.hpp"

#include <nlohmann/json.hpp>
#include <tarmac/pixel_format.hpp>

#include "dmabuf/formatted.hpp"

namespace tarmac::inspect {

namespace {

// Fields stay in the order in which they are written.
using Json = nlohmann::ordered_json;

void add_unless_empty(Json& object, const char* name, const std::string& text) {
    if (!text.empty())
        object[name] = text;
}

/// Numbers of 64 bits are more than a JavaScript number holds.
std::string hexadecimal(std::uint64_t number) {
    return formatted("{:#x}", number);
}

Json describe(const FormatModifier& pair) {
    return {{"format", fourcc_name(pair.fourcc)},
            {"fourcc", hexadecimal(pair.fourcc)},
            {"modifier", modifier_name(pair.modifier)},
            {"modifier_code", hexadecimal(pair.modifier)}};
}

Json describe(const Outcome& outcome) {
    Json json = describe(outcome.format);
    json["way"] = outcome.way;
    add_unless_empty(json, "reason", outcome.reason);
    if (outcome.difference)
        json["difference"] = *outcome.difference;
    if (outcome.mb_per_second)
        json["mb_per_second"] = *outcome.mb_per_second;
    add_unless_empty(json, "unmeasured", outcome.unmeasured);
    return json;
}

Json describe_head(const Renderer& renderer) {
    Json json{{"name", renderer.name}};
    json["device"] = renderer.device ? Json(*renderer.device) : Json(nullptr);
    json["has_own_memory"] = renderer.has_own_memory;
    add_unless_empty(json, "problem", renderer.problem);
    // Nothing is known of one that didn't start.
    if (renderer.max_size == Extent{})
        return json;
    json["driver"] = renderer.driver;
    json["draws_on_cpu"] = renderer.draws_on_cpu;
    json["imports_udmabufs"] = renderer.imports_udmabufs;
    json["max_size"] = {renderer.max_size.width, renderer.max_size.height};
    add_unless_empty(json, "memory", renderer.memory);
    return json;
}

Json describe(const Renderer& renderer) {
    Json json = describe_head(renderer);
    json["outcomes"] = Json::array();
    for (const Outcome& outcome : renderer.outcomes)
        json["outcomes"].push_back(describe(outcome));
    return json;
}

Json describe(const Node& node) {
    Json json{{"path", node.path}};
    add_unless_empty(json, "problem", node.problem);
    return json;
}

Json describe(const Device& device) {
    Json json{{"driver", device.driver}};
    add_unless_empty(json, "version", device.version);
    json["bus"] = device.bus;
    json["nodes"] = Json::array();
    for (const Node& node : device.nodes)
        json["nodes"].push_back(describe(node));
    if (!device.scanout)
        return json;
    Json& scanout = json["scanout"] = Json::object();
    add_unless_empty(scanout, "problem", device.scanout->problem);
    scanout["formats"] = Json::array();
    for (const FormatModifier& pair : device.scanout->formats)
        scanout["formats"].push_back(describe(pair));
    return json;
}

Json describe(const Maker& maker) {
    Json json{{"name", maker.name}};
    json.update(describe(maker.node));
    return json;
}

std::uint64_t number_in(const Json& json, const char* name) {
    return std::stoull(json.at(name).get<std::string>(), nullptr, 0);
}

Outcome outcome_in(const Json& json) {
    Outcome outcome{.format = {static_cast<std::uint32_t>(number_in(json, "fourcc")),
                               number_in(json, "modifier_code")},
                    .way = json.at("way"),
                    .reason = json.value("reason", ""),
                    .unmeasured = json.value("unmeasured", "")};
    if (json.contains("difference"))
        outcome.difference = json.at("difference");
    if (json.contains("mb_per_second"))
        outcome.mb_per_second = json.at("mb_per_second");
    return outcome;
}

void take_head(Renderer& renderer, const Json& json) {
    renderer.problem = json.value("problem", "");
    renderer.driver = json.value("driver", "");
    renderer.draws_on_cpu = json.value("draws_on_cpu", false);
    renderer.imports_udmabufs = json.value("imports_udmabufs", false);
    renderer.memory = json.value("memory", "");
    if (json.contains("max_size"))
        renderer.max_size = {json.at("max_size").at(0), json.at("max_size").at(1)};
}

/// What drivers say may be in any encoding.
std::string text_of(const Json& json, int indent = -1) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string to_json(const Report& report) {
    Json json{{"schema", 1}, {"seconds", report.seconds}};
    Json& versions = json["versions"] = Json::object();
    for (const auto& [name, version] : report.versions)
        versions[name] = version;
    json["devices"] = Json::array();
    for (const Device& device : report.devices)
        json["devices"].push_back(describe(device));
    add_unless_empty(json, "no_devices", report.no_devices);
    json["makers"] = Json::array();
    for (const Maker& maker : report.makers)
        json["makers"].push_back(describe(maker));
    json["renderers"] = Json::array();
    for (const Renderer& renderer : report.renderers)
        json["renderers"].push_back(describe(renderer));
    return text_of(json, 1) + '\n';
}

std::string line_of(const Renderer& renderer) {
    return text_of(describe_head(renderer));
}

std::string line_of(const Outcome& outcome) {
    return text_of(describe(outcome));
}

void add_line(Renderer& renderer, std::string_view line) {
    const Json json = Json::parse(line);
    if (json.contains("way"))
        renderer.outcomes.push_back(outcome_in(json));
    else
        take_head(renderer, json);
}

} // namespace tarmac::inspect
