// The man page names each field of what programs get, and no other.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "inspect/inspected_compositor.hpp"
#include "support/image_buffer.hpp"
#include "support/window.hpp"

using namespace test;
using Json = nlohmann::json;

namespace {

using Names = std::set<std::string>;

/// What the man page has under a title.
std::string section(const std::string& title) {
    std::ifstream file{TARMAC_SOURCE "/doc/man/tarmac-inspect.1.scd"};
    REQUIRE(file);
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    const auto start = page.find("\n# " + title + "\n");
    REQUIRE(start != page.npos);
    return page.substr(start, page.find("\n# ", start + 1) - start);
}

/// The words that stand between two such marks: _ underlines, * makes bold.
Names marked(const std::string& text, char mark) {
    constexpr const char* Letters = "abcdefghijklmnopqrstuvwxyz_*";
    Names names;
    for (auto start = text.find_first_of(Letters); start != text.npos;) {
        const auto end = std::min(text.find_first_not_of(Letters, start), text.size());
        const std::string word = text.substr(start, end - start);
        if (word.size() > 2 && word.front() == mark && word.back() == mark)
            names.insert(word.substr(1, word.size() - 2));
        start = text.find_first_of(Letters, end);
    }
    return names;
}

/// What is underlined below each name in bold at the start of a line.
std::map<std::string, Names> entries_in(const std::string& text) {
    std::map<std::string, Names> entries;
    Names current;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('*') && line.ends_with('*')) {
            current = marked(line, '*');
            for (const std::string& name : current)
                entries.try_emplace(name);
        } else if (line.starts_with('\t')) {
            for (const std::string& name : current)
                entries[name].merge(marked(line, '_'));
        }
    }
    return entries;
}

/// What stands between two parts of a text.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
    INFO(before);
    const auto start = text.find(before);
    REQUIRE(start != text.npos);
    const auto end = text.find(after, start);
    REQUIRE(end != text.npos);
    return text.substr(start + before.size(), end - start - before.size());
}

void for_each_field(const Json& json, auto&& visit) {
    for (const auto& [name, value] : json.items()) {
        if (json.is_object())
            visit(name, value);
        if (value.is_structured())
            for_each_field(value, visit);
    }
}

Names fields_of(const Json& json) {
    Names names;
    for_each_field(json, [&](const std::string& name, const Json&) { names.insert(name); });
    return names;
}

} // namespace

TEST_CASE("what tarmac-inspect says of a compositor has the fields that the man page names") {
    InspectedCompositor compositor;
    RawClient client = compositor.get().connect(6);
    Window window{client};
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
    client.feedback();
    window.show(image.get());
    RawClient refused = compositor.get().connect(6);
    be_refused(refused, image.dmabuf());

    const std::string page = section("JSON OF A COMPOSITOR");
    const auto entries = entries_in(page);
    CHECK(entries.size() == 5);
    std::string text = page;
    std::ranges::replace(text, '\n', ' ');
    const auto underlined = [](const std::string& part) { return marked(part, '_'); };
    const Names flags = underlined(between(text, "True or false", ";"));
    const Names texts = underlined(between(text, "; texts", "; numbers"));
    const std::string awaits = between(text, "_awaits_ is one of", ".");
    for (const std::string what : {"buffers", "clients", "refusals", "feedback"}) {
        const Json all = compositor.look(what);
        Names lists;
        for (const auto& [name, list] : all.items())
            lists.insert(name);
        CHECK(lists == underlined(between(text, "*" + what + "* has ", ";")));
        for (const auto& [name, list] : all.items()) {
            INFO(what << ": " << name << ": " << list);
            CHECK(fields_of(list) == entries.at(name));
            for_each_field(list, [&](const std::string& field, const Json& value) {
                INFO(field << ": " << value);
                CHECK(value.is_boolean() == flags.contains(field));
                CHECK(value.is_string() == texts.contains(field));
                CHECK_FALSE(value.is_number_float());
                CHECK_FALSE(value.is_null());
                CHECK((field != "awaits" || awaits.contains("_" + value.get<std::string>() + "_")));
            });
        }
    }
}

TEST_CASE("what tarmac-inspect says of a machine has the fields that the man page names") {
    const std::string text = section("JSON OF MATRIX");
    Names named;
    for (const auto& [name, names] : entries_in(text)) {
        named.insert(name);
        named.insert(names.begin(), names.end());
    }
    Names fields = fields_of(inspect_matrix("1"));
    fields.merge(fields_of(inspect_matrix("1", in_namespace("mount -t tmpfs none /dev/dri"))));
    // Where there was time to measure: matrix.cpp sees to these.
    fields.insert({"difference", "mb_per_second"});
    CHECK(fields == named);
}
