#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <tarmac/feedback.hpp>
#include <tarmac/importer.hpp>

struct wl_client;
struct wl_display;
struct wl_resource;

namespace tarmac {

/// A client's buffer that has been imported.
struct Landing {
    wl_client* client; ///< valid during the call
    const Dmabuf& dmabuf;
    std::string_view way;          ///< Importer::way() of the importer that took it
    std::chrono::nanoseconds time; ///< that the import took
};

/// A request that was refused.
struct Refusal {
    wl_client* client; ///< valid during the call; about to be disconnected if `fatal`
    const Error& error;
    bool fatal; ///< a protocol error was sent, not just `failed`
};

/// The global zwp_linux_dmabuf_v1. Rule for everything in it: linux-dmabuf-v1.xml, version 6.
/// Everything on the thread that runs the display's event loop.
class LinuxDmabuf {
public:
    static constexpr unsigned MaxVersion = 6;

    struct Options {
        unsigned version = MaxVersion; ///< offered to clients; 1 to MaxVersion
        /// What clients are told first. Default: one sampling tranche with all that the importer
        /// has, for the importer's device.
        std::shared_ptr<const Feedback> feedback;
        std::function<void(const Landing&)> on_landing;
        std::function<void(const Refusal&)> on_refusal;
    };

    /// Puts the global on `display`. `importer` must outlive the result, and the result must go
    /// before the display. Buffers that clients made outlive both.
    /// Errors: NotAvailable if the global can't be made, and those of Feedback::create().
    static Result<LinuxDmabuf> create(wl_display* display, Importer& importer, Options options);
    static Result<LinuxDmabuf> create(wl_display* display, Importer& importer);

    LinuxDmabuf(LinuxDmabuf&&) noexcept;
    LinuxDmabuf& operator=(LinuxDmabuf&&) noexcept;
    /// Removes the global. Objects that clients still have do nothing from then on: `create` is
    /// answered `failed`.
    ~LinuxDmabuf();

    /// Tells every default feedback object, and every surface's that has none of its own, of
    /// `feedback`. Nothing is sent where a client would be told the same again.
    void set_default_feedback(std::shared_ptr<const Feedback> feedback);
    /// Tells the feedback objects of `surface` (a wl_surface), now and later, of `feedback`;
    /// nullptr goes back to the default.
    void set_surface_feedback(wl_resource* surface, std::shared_ptr<const Feedback> feedback);

    /// Inside. Shared with the objects of clients, which can outlive the global.
    class State;

private:
    explicit LinuxDmabuf(std::shared_ptr<State> state) noexcept;
    std::shared_ptr<State> state_;
};

} // namespace tarmac
