#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>

namespace tarmac::inspect {

/// `tarmac-inspect matrix`
struct MatrixOptions {
    bool is_json = false;
    std::string html; ///< path of the page to write; empty: none
    double seconds = 30;
};

/// `tarmac-inspect buffers`, `clients`, `refusals` and `feedback`
struct LookOptions {
    enum class What : std::uint8_t { Buffers, Clients, Refusals, Feedback };

    What what = What::Buffers;
    bool is_json = false;
    bool follows = false;   ///< of refusals: tells of those that come, too
    std::string socket;     ///< path; empty: that of the compositor in WAYLAND_DISPLAY
    std::optional<int> pid; ///< of the process whose clients alone are shown
};

/// `tarmac-inspect top`
struct TopOptions {
    std::string socket; ///< as in LookOptions
    double seconds = 1; ///< from one look to the next
    bool is_json = false;
};

/// A subcommand. Each has a run() in a header of its own.
using Command = std::variant<MatrixOptions, LookOptions, TopOptions>;

/// What the command line asks for, or the exit status if it asks for nothing: --help, --version and
/// mistakes have been answered on the terminal by then.
std::expected<Command, int> parse_options(int argc, char** argv);

} // namespace tarmac::inspect
