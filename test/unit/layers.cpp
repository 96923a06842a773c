// The folders of src/ stand in an order, and includes go only upwards in it.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path Source{TARMAC_SOURCE};

const std::vector<std::string> Rooms{"dmabuf", "feedback", "convert",    "account", "wlr",
                                     "ready",  "import",   "builder",    "surface", "protocol",
                                     "scene",  "c",        "compositor", "inspect"};

/// The seam needs no more than values of what stands above it.
const std::vector<std::string> AboveTheSeam{"dmabuf", "feedback", "wlr"};

const std::map<std::string, std::string> RoomsOfPublicHeaders{
    {"buffer", "wlr"},
    {"capture_guard", "import"},
    {"color_state", "dmabuf"},
    {"cxx23", "dmabuf"},
    {"dmabuf", "dmabuf"},
    {"dmabuf_facts", "dmabuf"},
    {"error", "dmabuf"},
    {"export", "dmabuf"},
    {"fd", "dmabuf"},
    {"feedback", "feedback"},
    {"format_set", "feedback"},
    {"geometry", "dmabuf"},
    {"importer", "import"},
    {"importer_list", "import"},
    {"inspection", "protocol"},
    {"linux_dmabuf", "protocol"},
    {"pixel_format", "dmabuf"},
    {"quotas", "account"},
    {"scene_feedback", "scene"},
    {"shown_picture", "surface"},
    {"snapshot", "surface"},
    {"tarmac", "c"},
    {"texture", "import"},
    {"texture_builder", "builder"},
    {"timing", "account"},
};

std::string room_of_public_header(const std::string& stem) {
    const auto found = RoomsOfPublicHeaders.find(stem);
    return found != RoomsOfPublicHeaders.end() ? found->second : "";
}

/// The room that `file` belongs to, a path from the top of the checkout.
std::string room_of(const fs::path& file) {
    return file.string().starts_with("include/") ? room_of_public_header(file.stem().string())
                                                 : std::next(file.begin())->string();
}

bool may_include(const std::string& from, const std::string& to) {
    if (from == "wlr")
        return std::ranges::contains(AboveTheSeam, to);
    return std::ranges::find(Rooms, to) <= std::ranges::find(Rooms, from);
}

/// What `line` includes of ours, by room; nothing if it includes nothing of ours.
std::optional<std::string> included_room(std::string_view line) {
    constexpr std::string_view Own = "#include \"", Public = "#include <tarmac/";
    if (line.starts_with(Public)) {
        line.remove_prefix(Public.size());
        return room_of_public_header(std::string{line.substr(0, line.find('.'))});
    }
    const auto slash = line.find('/');
    if (!line.starts_with(Own) || slash == line.npos)
        return std::nullopt;
    return std::string{line.substr(Own.size(), slash - Own.size())};
}

std::vector<std::string> included_rooms(const fs::path& file) {
    std::vector<std::string> rooms;
    std::ifstream text{Source / file};
    for (std::string line; std::getline(text, line);) {
        if (auto room = included_room(line))
            rooms.push_back(std::move(*room));
    }
    return rooms;
}

std::vector<fs::path> files_in(const std::vector<std::string>& tops) {
    std::vector<fs::path> found;
    for (const std::string& top : tops) {
        for (const auto& entry : fs::recursive_directory_iterator{Source / top}) {
            const auto extension = entry.path().extension();
            if (extension == ".cpp" || extension == ".hpp" || extension == ".h" ||
                extension == ".c")
                found.push_back(fs::relative(entry.path(), Source));
        }
    }
    return found;
}

bool asks_for_version(const fs::path& file) {
    std::ifstream text{Source / file};
    for (std::string line; std::getline(text, line);) {
        if (line.contains("WLR_VERSION") || line.contains("wlr_version_") ||
            line.contains("TARMAC_WLROOTS_SINCE"))
            return true;
    }
    return false;
}

} // namespace

TEST_CASE("a folder includes only folders that stand above it") {
    const auto all = files_in({"include", "src"});
    REQUIRE(all.size() > 100);
    for (const fs::path& file : all) {
        const std::string from = room_of(file);
        INFO(file.string() << " in " << from);
        CHECK(std::ranges::contains(Rooms, from));
        for (const std::string& to : included_rooms(file)) {
            INFO("includes " << to);
            CHECK(std::ranges::contains(Rooms, to));
            CHECK(may_include(from, to));
        }
    }
}

TEST_CASE("only the seam and the compositor ask for a version of wlroots") {
    bool is_asked = false;
    // Tests draw as wlr_scene does, which names colours from 0.20 on.
    const std::vector<std::string> others{"test/support/name_colors.hpp", "test/unit/layers.cpp"};
    for (const fs::path& file : files_in({"include", "src", "test"})) {
        const std::string path = file.string();
        const bool may_ask = path.starts_with("src/wlr/") || path.starts_with("src/compositor/") ||
                             std::ranges::contains(others, path);
        const bool asks = asks_for_version(file);
        is_asked |= asks && path.starts_with("src/wlr/");
        INFO(path);
        CHECK((may_ask || !asks));
    }
    CHECK(is_asked);
}
