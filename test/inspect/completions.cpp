// Shells complete what the program knows.

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "inspect/program.hpp"

using namespace test;

namespace {

const std::string Completions = TARMAC_SOURCE "/doc/completions/";

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    REQUIRE(file);
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The long options in what --help says.
std::set<std::string> options_in(const std::string& help) {
    std::set<std::string> options;
    for (auto at = help.find("--"); at != help.npos; at = help.find("--", at + 2)) {
        const auto end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at);
        if (end != at + 2)
            options.insert(help.substr(at, end - at));
    }
    return options;
}

/// The words at the start of lines below the title of subcommands.
std::set<std::string> subcommands_in(const std::string& help) {
    std::set<std::string> names;
    auto line = help.find('\n', help.find("SUBCOMMANDS:"));
    while (line != help.npos && line + 3 < help.size()) {
        if (help.compare(line, 3, "\n  ") == 0 && help[line + 3] != ' ')
            names.insert(help.substr(line + 3, help.find_first_of(" \n", line + 3) - line - 3));
        line = help.find('\n', line + 1);
    }
    return names;
}

} // namespace

TEST_CASE("shells complete each subcommand and each option of tarmac-inspect") {
    const std::string help = run_inspect({"--help"}).output;
    INFO(help);
    const std::set<std::string> subcommands = subcommands_in(help);
    CHECK(subcommands.contains("matrix"));
    std::set<std::string> options = options_in(help);
    for (const std::string& name : subcommands)
        options.merge(options_in(run_inspect({name, "--help"}).output));
    CHECK(options.contains("--version"));
    CHECK(options.contains("--html"));
    for (const char* file : {"tarmac-inspect.bash", "_tarmac-inspect", "tarmac-inspect.fish"}) {
        INFO(file);
        const bool is_fish = std::string_view{file}.ends_with(".fish");
        const std::string text = text_of(Completions + file);
        for (const std::string& name : subcommands)
            CHECK(text.contains(name));
        for (const std::string& option : options) {
            INFO(option);
            CHECK(text.contains(is_fish ? "-l " + option.substr(2) : option));
        }
    }
}

TEST_CASE("mistakes on tarmac-inspect's command line have the status 2") {
    CHECK(run_inspect({}).status == 2);
    CHECK(run_inspect({"no-such-subcommand"}).status == 2);
    CHECK(run_inspect({"matrix", "--seconds", "0"}).status == 2);
    CHECK(run_inspect({"--version"}).status == 0);
}
