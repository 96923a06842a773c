#pragma once

#include "support/process.hpp"
#include "support/raw_client.hpp"

namespace test {

/// For everybody who draws: Mesa's software rasterizer draws in threads, attaches no fence to its
/// dma-bufs, and so shows half of a picture to whoever reads soon. Without threads it is done when
/// it says so.
inline constexpr const char* SynchronousMesa = "LP_NUM_THREADS=0";

/// tarmac-compositor, headless, with the renderer GLES2 on the render node of vgem. Skips the test
/// where there is no such node.
class CompositorProcess {
public:
    explicit CompositorProcess(std::vector<std::string> options = {});
    ~CompositorProcess();

    Process& process() { return process_; }
    const std::string& socket() const { return socket_; }

    /// NAME=VALUE for a client of this compositor.
    std::string environment() const { return "WAYLAND_DISPLAY=" + socket_; }
    RawClient connect(unsigned version) const;

    /// Descriptors that the compositor has open once it has noticed that former clients are gone.
    std::size_t count_settled_fds();

private:
    Process process_;
    std::string socket_;
};

} // namespace test
