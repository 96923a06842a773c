#pragma once

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <tarmac/linux_dmabuf.hpp>
#include <utility>
#include <vector>

#include "support/patience.hpp"

namespace test {

/// What a LinuxDmabuf of a test is to be like, where it isn't as usual.
struct GlobalSettings {
    tarmac::LinuxDmabuf::Options options{};
    /// Longer than tests wait, since what they hold back may take long on a busy machine.
    std::chrono::milliseconds ready_timeout = 4 * patience();
    std::optional<std::uint64_t> held_commits{}; ///< that a single client may have
    /// Asked when a commit is overdue, where it is set: whether the client is to be disconnected.
    std::function<bool(wl_client*)> disconnects{};
};

/// Puts the global on `display`, with surfaces of `compositor` (nullptr: none).
inline tarmac::LinuxDmabuf make_global(wl_display* display, wlr_compositor* compositor,
                                       std::vector<tarmac::Importer*> importers,
                                       GlobalSettings settings = {}) {
    tarmac::LinuxDmabuf::Options options = std::move(settings.options);
    options.ready_timeout = settings.ready_timeout;
    if (settings.held_commits)
        options.quotas.held_commits = 2 * *settings.held_commits;
    if (settings.disconnects) {
        options.on_overdue = [asked = settings.disconnects](wl_client* client) {
            return asked(client) ? tarmac::OverdueAnswer::Disconnect : tarmac::OverdueAnswer::Skip;
        };
    }
    auto made =
        tarmac::LinuxDmabuf::create(display, compositor, std::move(importers), std::move(options));
    REQUIRE(made);
    return std::move(*made);
}

} // namespace test
