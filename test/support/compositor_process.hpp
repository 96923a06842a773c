#pragma once

#include "support/process.hpp"
#include "support/raw_client.hpp"
#include "support/render_node.hpp"

namespace test {

/// For everybody who draws: Mesa's software rasterizer draws in threads, attaches no fence to its
/// dma-bufs, and so shows half of a picture to whoever reads soon. Without threads it is done when
/// it says so.
inline constexpr const char* SynchronousMesa = "LP_NUM_THREADS=0";

/// What a compositor draws with, and on.
struct Stage {
    std::string renderer = "gles2";
    std::string drm_device = RenderNode; ///< empty for none
    bool on_screen = false; ///< shown by `drm_device`, which is a card, rather than headless
    std::vector<std::string> environment = {};
    std::vector<std::string> launcher = {}; ///< a command that starts the rest of its arguments
    /// Another compositor than tarmac-compositor: it is told all of this in its environment, as
    /// wlroots has it, and says `ready socket=NAME`.
    std::string program = {};
};

/// tarmac-compositor on a stage, whatever becomes of it. Skips the test where there is no such
/// device.
Process start_compositor(std::vector<std::string> options, const Stage& stage = {});

/// tarmac-compositor on a stage. Skips the test where there is no such device.
class CompositorProcess {
public:
    explicit CompositorProcess(std::vector<std::string> options = {}, const Stage& stage = {});
    ~CompositorProcess();

    Process& process() { return process_; }
    /// Waits until the compositor ends by itself: its exit status.
    int await_end();
    const std::string& socket() const { return socket_; }

    /// NAME=VALUE for a client of this compositor.
    std::string environment() const { return "WAYLAND_DISPLAY=" + socket_; }
    tarmac::Fd open_socket() const;
    RawClient connect(unsigned version) const { return RawClient{version, open_socket()}; }

    /// Descriptors that the compositor has open once it has noticed that former clients are gone.
    std::size_t count_settled_fds();
    /// Whether they become `n_fds`, as counted before, once images of former clients are freed too:
    /// or fewer, since a frame that was drawn meanwhile has some for a moment.
    bool settles_at_most(std::size_t n_fds);

private:
    Process process_;
    std::string socket_;
    bool has_ended_ = false;
};

} // namespace test
