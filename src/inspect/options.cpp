#include "inspect/options.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

namespace tarmac::inspect {
namespace {

constexpr int UsageError = 2;

void add_matrix(CLI::App& app, Command& command) {
    CLI::App* matrix = app.add_subcommand(
        "matrix", "What becomes of each format and modifier with every device and renderer of this "
                  "machine, how fast, and how far from a reference: what bug reports want. Needs "
                  "no compositor");
    static MatrixOptions options;
    matrix->add_flag("--json", options.is_json, "Write JSON instead of text");
    matrix
        ->add_option("--html", options.html,
                     "Write a page to this file, too, which needs nothing else")
        ->type_name("FILE");
    matrix
        ->add_option("--seconds", options.seconds,
                     "How long it may take; what isn't reached is named")
        ->check(CLI::Range(1.0, 3600.0))
        ->type_name("N")
        ->capture_default_str();
    matrix->callback([&command] { command = options; });
}

void add_socket(CLI::App& subcommand, std::string& socket) {
    subcommand
        .add_option("--inspect-socket", socket,
                    "Where the compositor lets itself be looked at, if not where WAYLAND_DISPLAY "
                    "has it")
        ->type_name("PATH");
}

void add_top(CLI::App& app, Command& command) {
    CLI::App* top = app.add_subcommand("top", "Clients and their buffers, again and again, on the "
                                              "whole terminal");
    const auto options = std::make_shared<TopOptions>();
    top->add_flag("--json", options->is_json, "Write JSON instead, a line for each look");
    add_socket(*top, options->socket);
    top->add_option("--interval", options->seconds, "Seconds from one look to the next")
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("N")
        ->capture_default_str();
    top->callback([&command, options] { command = *options; });
}

void add_look(CLI::App& app, Command& command, const char* name, LookOptions::What what,
              const char* description) {
    CLI::App* look = app.add_subcommand(name, description);
    const auto options = std::make_shared<LookOptions>();
    options->what = what;
    look->add_flag("--json", options->is_json, "Write JSON instead of text");
    add_socket(*look, options->socket);
    look->add_option("--pid", options->pid, "Only what clients of this process have")
        ->check(CLI::PositiveNumber)
        ->type_name("PID");
    if (what == LookOptions::What::Refusals)
        look->add_flag("--follow", options->follows, "Go on with those that come");
    look->callback([&command, options] { command = *options; });
}

} // namespace

std::expected<Command, int> parse_options(int argc, char** argv) {
    CLI::App app{"Says what becomes of clients' dma-bufs in a compositor, and on this machine.",
                 "tarmac-inspect"};
    app.set_version_flag("--version", "tarmac-inspect " TARMAC_VERSION);
    app.require_subcommand(1);
    Command command;
    using enum LookOptions::What;
    add_top(app, command);
    add_look(app, command, "buffers", Buffers,
             "Clients' buffers in dma-bufs, the way that each is shown, and why it isn't imported");
    add_look(app, command, "clients", Clients,
             "What each client holds, has been refused, and how long its buffers take");
    add_look(app, command, "refusals", Refusals, "What was refused of late, and why");
    add_look(app, command, "feedback", Feedback, "What each client was told to allocate");
    add_matrix(app, command);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error, std::cout, std::cerr) == 0 ? 0 : UsageError);
    }
    return command;
}

} // namespace tarmac::inspect
