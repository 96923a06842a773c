#pragma once

#include <expected>
#include <optional>
#include <string>

namespace tarmac::compositor {

/// Width and height in pixels.
struct Size {
    int width = 0, height = 0;
};

/// What the command line asks for.
struct Options {
    std::string startup; ///< shell command to run once clients can connect; empty: none
    std::optional<Size> size;
    std::string renderer = "auto";
    std::string drm_device;     ///< path of a DRM node; empty: wlroots chooses
    std::string log;            ///< path of the file that the log goes to; empty: standard error
    bool is_by_wlroots = false; ///< whose own handler of dma-bufs stands in Tarmac's place
    bool wl_drm = false;
    bool inspect = false;
    std::string inspect_socket; ///< path; empty: beside that for clients, with `inspect`
    bool exit_with_client = false;
    bool verbose = false;
};

/// The options, or the exit status if the command line needs no compositor: --help, --version and
/// mistakes have been answered on the terminal by then.
std::expected<Options, int> parse_options(int argc, char** argv);

} // namespace tarmac::compositor
