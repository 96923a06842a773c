#pragma once

#include "compositor/drm_node.hpp"
#include "compositor/options.hpp"
#include "wlr/wlr.hpp"

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace tarmac::compositor {

/// The renderer and the devices that the user asked for, by options or by wlroots' environment
/// variables. wlroots is told by the latter; they name nodes, whose numbers change when their
/// device goes and comes back, so that devices are known here by their places.
class DeviceChoice {
public:
    /// Error: a sentence.
    static std::expected<DeviceChoice, std::string> create(const Options& options);

    /// Sets the render node of a card that `backend` doesn't show pictures on. Error: a sentence.
    std::expected<void, std::string> choose_render_node(wlr_backend* backend) const;
    /// Sets it anew if it was set, to what the device in `place` has now.
    void follow(const std::string& place) const;

    /// Whether cards were named, so that wlroots takes no others.
    bool names_cards() const noexcept { return !card_places_.empty(); }
    /// Whether the device in `place` may be used.
    bool allows(const std::string& place) const;
    /// Whether any that may be used is there.
    bool is_any_there() const;

    const std::string& renderer() const noexcept { return renderer_; }
    /// The device that an option named; nullopt without one, or while it is gone. Borrowed.
    std::optional<int> render_fd() const noexcept;
    /// Closes the named device if it was taken away; says whether it did.
    bool drop_unplugged();
    /// Opens it again if it has come back; says whether it did.
    bool open_returned();

private:
    std::string renderer_;
    std::optional<DrmNode> node_;
    std::vector<std::string> card_places_; ///< of named cards
};

} // namespace tarmac::compositor
