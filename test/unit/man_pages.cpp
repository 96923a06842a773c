// Man pages say what the programs know.

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace {

namespace fs = std::filesystem;

const fs::path Source{TARMAC_SOURCE};

std::string text_of(const fs::path& path) {
    std::ifstream file{Source / path};
    REQUIRE(file);
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// What stands in quotes between `call` and the next `end`, wherever `text` has `call`.
std::set<std::string> quoted_after(std::string_view text, std::string_view call, char end) {
    std::set<std::string> found;
    for (auto at = text.find(call); at != text.npos; at = text.find(call, at + 1)) {
        std::string_view arguments = text.substr(at, text.find(end, at) - at);
        for (auto quote = arguments.find('"'); quote != arguments.npos;
             quote = arguments.find('"')) {
            arguments.remove_prefix(quote + 1);
            found.emplace(arguments.substr(0, arguments.find('"')));
            arguments.remove_prefix(arguments.find('"') + 1);
        }
    }
    return found;
}

std::set<std::string> options_in(const fs::path& source) {
    std::set<std::string> options;
    for (const char* call :
         {"add_option(", "add_option_function<std::string>(", "add_flag(", "set_version_flag("})
        options.merge(quoted_after(text_of(source), call, ','));
    return options;
}

std::set<std::string> events() {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator{Source / "src/compositor"}) {
        if (entry.path().extension() == ".cpp")
            names.merge(quoted_after(text_of(entry.path()), "log_event(", '{'));
    }
    return names;
}

} // namespace

TEST_CASE("the compositor's man page has every event of its log") {
    const std::string page = text_of("doc/man/tarmac-compositor.1.scd");
    const auto names = events();
    CHECK(names.contains("refused"));
    CHECK(names.contains("output-waiting"));
    for (const std::string& name : names) {
        INFO(name);
        CHECK(page.contains("*" + name + "* "));
    }
}

TEST_CASE("man pages have every option") {
    const std::pair<fs::path, fs::path> pages[] = {
        {"src/compositor/options.cpp", "doc/man/tarmac-compositor.1.scd"},
        {"test/protocol/conformance.cpp", "doc/man/tarmac-conformance.1.scd"},
        {"src/inspect/options.cpp", "doc/man/tarmac-inspect.1.scd"},
    };
    for (const auto& [source, page] : pages) {
        const auto options = options_in(source);
        INFO(page.string());
        CHECK(options.contains("--version"));
        CHECK(options.size() >= 2);
        for (const std::string& option : options) {
            INFO(option);
            CHECK(text_of(page).contains("*" + option + "*"));
        }
    }
}
