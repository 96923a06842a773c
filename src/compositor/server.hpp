#pragma once

#include "compositor/dmabuf_import.hpp"
#include "compositor/graphics.hpp"
#include "compositor/handle.hpp"
#include "compositor/options.hpp"
#include "compositor/output/outputs.hpp"
#include "compositor/scene.hpp"
#include "compositor/seat/seat.hpp"
#include "compositor/signal_source.hpp"
#include "compositor/startup_child.hpp"
#include "compositor/window/surface_bounds.hpp"
#include "compositor/window/window_captures.hpp"
#include "compositor/window/windows.hpp"

#include <expected>
#include <memory>
#include <optional>
#include <tarmac/capture_guard.hpp>

namespace tarmac::compositor {

/// The compositor as a whole: owns the parts, in the order in which they need each other, and ties
/// them together. One in a process.
class Server {
public:
    /// `inheritance` is for the startup command. Error: a sentence that says what is missing.
    static std::expected<std::unique_ptr<Server>, std::string> create(const Options& options,
                                                                      Inheritance inheritance);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Lets clients in, shows them, and returns the exit status when all is over. Error: a
    /// sentence.
    std::expected<int, std::string> run();

private:
    Server(const Options& options, Inheritance inheritance,
           Handle<wl_display, wl_display_destroy> display);
    std::expected<void, std::string> create_parts();
    void tie_parts();
    std::expected<void, std::string> offer_inspection(const std::string& socket);
    void use_new_renderer();
    void startup_ended(int status);
    void end(int status);

    Options options_;
    Inheritance inheritance_;
    int status_ = 0;
    bool has_ended_ = false;
    Handle<wl_display, wl_display_destroy> display_;
    SignalSource interrupt_, terminate_, reset_, child_;
    std::optional<StartupChild> startup_;
    std::unique_ptr<Graphics> graphics_;
    wlr_compositor* compositor_ = nullptr; ///< goes with the display
    std::optional<SurfaceBounds> bounds_;
    std::optional<DmabufImport> dmabufs_; ///< unless wlroots handles them
    std::optional<Scene> scene_;
    std::optional<Outputs> outputs_;
    std::optional<CaptureGuard> captures_;
    std::optional<Windows> windows_;
    std::optional<WindowCaptures> window_captures_;
    std::optional<Seat> seat_;
};

} // namespace tarmac::compositor
