#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

struct wl_display;

namespace tarmac::inspect {

/// Keeps the order in which the man page names what there is.
using Json = nlohmann::ordered_json;

/// Says on standard error why what was asked for can't be done. Returns the exit status.
int complain(const std::string& sentence);
/// That standard output takes no more.
int complain_unwritten();

/// A connection to a compositor that lets its dma-buf import be looked at.
class Connection {
public:
    /// On the socket at `path`; empty: that of the compositor in WAYLAND_DISPLAY. Errors say what
    /// to do.
    static std::expected<Connection, std::string> open(std::string path);

    /// What there is now, as `--json` shows it: see tarmac-inspect(1).
    std::expected<Json, std::string> take_snapshot();
    /// Calls `tell` for each refusal that a snapshot has, and then for each that comes, until the
    /// connection ends, and says why it did.
    std::string follow_refusals(const std::function<void(const Json& refusal)>& tell);

private:
    struct Disconnect {
        void operator()(wl_display* display) const noexcept;
    };
    using Display = std::unique_ptr<wl_display, Disconnect>;
    struct Globals;

    Connection(Display display, std::unique_ptr<Globals> globals);

public:
    Connection(Connection&&) noexcept;
    ~Connection();

private:
    std::string why_ended() const;

    Display display_;
    std::unique_ptr<Globals> globals_; ///< goes before the display
};

} // namespace tarmac::inspect
