#pragma once

#include <string>
#include <vector>

#include "bench/pairs.hpp"
#include "support/compositor_process.hpp"

namespace bench {

/// A compositor to compare.
struct Peer {
    std::string name; ///< tarmac and wlroots are the mini-compositor with either's handler
    std::string renderer = "gles2";
};
inline const Peer Tarmac{"tarmac"}, Wlroots{"wlroots"}, Sway{"sway"}, Weston{"weston"};

/// Skips the test where that program isn't there, and records that.
void need(const Peer& peer);

/// A peer as it runs on a small headless screen, its log thrown away.
class RunningPeer {
public:
    explicit RunningPeer(const Peer& peer, const std::vector<std::string>& environment = {},
                         const std::vector<std::string>& launcher = {});

    test::CompositorProcess& compositor() { return compositor_; }
    const Peer& peer() const { return peer_; }

    /// What `work(count)` costs, for one of `count`.
    template <class Work>
    Cost cost_of(unsigned count, Work&& work) {
        const Cost before = now();
        work(count);
        const Cost after = now();
        return {(after.elapsed - before.elapsed) / count,
                (after.processor - before.processor) / count};
    }

private:
    Cost now();

    Peer peer_;
    test::CompositorProcess compositor_;
};

} // namespace bench
