#pragma once

#include <chrono>
#include <memory>
#include <tarmac/linux_dmabuf.hpp>

struct wl_event_loop;
struct wlr_scene_output;

namespace tarmac {

/// Tells clients on a wlr_scene what to allocate so that an output can scan their surfaces out.
///
/// The rule: a surface is an output's candidate while it is all that is to be seen there, covering
/// the output with nothing above it and nothing to be seen through it. When it has been the
/// candidate of one output for the settling time without a break, its feedback begins with a
/// scanout tranche: the output's KMS device, and those of `formats` that its primary plane shows.
/// The default feedback follows behind. When it has not been the output's candidate for as long, it
/// has the default feedback again. A window that only passes by is told nothing.
///
/// Rule: zwp_linux_dmabuf_feedback_v1, in particular tranche_flags. Everything on the thread of the
/// scene.
class SceneFeedback {
public:
    /// `dmabuf` must outlive the result, and have surfaces' feedback set by nobody else. `formats`
    /// are those whose buffers outputs can be given: what the renderer imports, not what is mapped.
    SceneFeedback(LinuxDmabuf& dmabuf, wl_event_loop* loop, FormatSet formats,
                  std::chrono::milliseconds settling_time = std::chrono::milliseconds{500});
    SceneFeedback(SceneFeedback&&) noexcept;
    SceneFeedback& operator=(SceneFeedback&&) noexcept;
    /// Surfaces have the default feedback again.
    ~SceneFeedback();

    /// Follows `output` until it is destroyed, looking at the scene whenever the output commits.
    /// One that shows no dma-bufs of clients (headless) never has a candidate.
    void follow(wlr_scene_output& output);

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
