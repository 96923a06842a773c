#include "compositor/options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>

namespace tarmac::compositor {
namespace {

constexpr int UsageError = 2;
constexpr int MaxSide = 16384;

std::optional<int> parse_side(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > MaxSide)
        return std::nullopt;
    return value;
}

std::optional<Size> parse_size(std::string_view text) {
    const auto x = text.find('x');
    if (x == std::string_view::npos)
        return std::nullopt;
    const auto width = parse_side(text.substr(0, x));
    const auto height = parse_side(text.substr(x + 1));
    if (!width || !height)
        return std::nullopt;
    return Size{*width, *height};
}

} // namespace

std::expected<Options, int> parse_options(int argc, char** argv) {
    Options options;
    CLI::App app{
        "A small Wayland compositor whose clients' dma-bufs are imported by Tarmac. It runs "
        "on a terminal, in a window of another Wayland or X11 session, and headless.",
        "tarmac-compositor"};
    app.set_version_flag("--version", "tarmac-compositor " TARMAC_VERSION);

    auto* startup =
        app.add_option("--startup", options.startup,
                       "Run this shell command as soon as clients can connect; it gets SIGTERM "
                       "when the compositor ends")
            ->type_name("CMD");
    app.add_option_function<std::string>(
           "--size", [&options](const std::string& text) { options.size = parse_size(text); },
           "Size of headless and nested outputs; on a screen, the mode to look for")
        ->type_name("WxH")
        ->check([](const std::string& text) {
            return parse_size(text) ? std::string{}
                                    : "a size is written as 1280x720, with sides of 1 to 16384 "
                                      "pixels";
        });
    app.add_option("--renderer", options.renderer,
                   "What draws; naming one also permits it to be a software rasterizer. auto lets "
                   "wlroots choose (and respects WLR_RENDERER)")
        ->check(CLI::IsMember({"auto", "gles2", "vulkan", "pixman"}))
        ->type_name("NAME");
    app.add_option("--drm-device", options.drm_device,
                   "A render node (/dev/dri/renderD…) to draw with, or a card (/dev/dri/card…) to "
                   "show on")
        ->type_name("PATH");
    app.add_option_function<std::string>(
           "--dmabuf",
           [&options](const std::string& name) { options.is_by_wlroots = name == "wlroots"; },
           "Who handles clients' dma-bufs: tarmac, or wlroots' own handler, to compare them")
        ->check(CLI::IsMember({"tarmac", "wlroots"}))
        ->type_name("NAME");
    app.add_option("--log", options.log,
                   "Append the log to this file instead of writing it to standard error, where it "
                   "mixes with what clients write")
        ->type_name("FILE");
    app.add_flag("--wl-drm", options.wl_drm,
                 "Offer wl_drm too, for Mesa before 22 and libva before 2.14; its buffers pass by "
                 "the checks and quotas of Tarmac");
    app.add_flag("--inspect", options.inspect,
                 "Let tarmac-inspect look at what clients have, on a socket of its own beside that "
                 "for clients, whose name it has with -inspect behind");
    app.add_option("--inspect-socket", options.inspect_socket, "The same on a socket at PATH")
        ->type_name("PATH");
    app.add_flag("--exit-with-client", options.exit_with_client,
                 "End when the startup command ends, with its exit status")
        ->needs(startup);
    app.add_flag("--verbose", options.verbose, "Write all that wlroots says to the log too");
    app.footer("Keys: Alt+Tab next window, Alt+F4 close, Alt+F10 maximize, Alt+F11 fullscreen,\n"
               "Alt+Escape or Ctrl+Alt+Backspace quit. Mouse: Alt+left button moves a window,\n"
               "Alt+right button resizes it.\n"
               "SIGUSR1 replaces the renderer, as a reset of the GPU would.");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error, std::cout, std::cerr) == 0 ? 0 : UsageError);
    }
    return options;
}

} // namespace tarmac::compositor
