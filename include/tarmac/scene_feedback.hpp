#pragma once

#include <tarmac/cxx23.hpp>

#include <chrono>
#include <memory>
#include <tarmac/linux_dmabuf.hpp>

struct wl_event_loop;
struct wlr_scene_output;

namespace tarmac {

/// Tells clients on a wlr_scene what to allocate so that an output can scan their surfaces out.
///
/// The rule: a surface is an output's candidate while it is all that is to be seen there, covering
/// the output with nothing above it and nothing to be seen through it, and wlr_scene would scan it
/// out if only it could: not while scanout is switched off (WLR_SCENE_DISABLE_DIRECT_SCANOUT), the
/// output is captured or has a cursor drawn, nor if the picture is turned otherwise than the output
/// or in other colours. What an embedder draws with a colour transform isn't known here. Outputs of
/// a second card never have candidates, since wlroots draws there. A candidate's feedback
/// begins with a scanout tranche: the output's KMS device, and what its primary plane shows of the
/// formats whose buffers an output can be given: those of LinuxDmabuf's importers that import
/// (Importer::imports()), as long as it has these. The default feedback follows behind. A surface
/// that is no output's candidate has the default feedback alone.
///
/// A surface is told of a change once it has been due, without a break, for the settling time, so
/// that a window that only passes by is told nothing, and one that moves from output to output is
/// told once. While it is the candidate of several outputs, it keeps the feedback that it has or is
/// due. Two things don't wait: when the output is gone, its candidate has the default feedback at
/// once, and waits for that of another output; and when the default feedback changes, the
/// candidates are told of theirs with the new default behind, in one update.
///
/// Rule: zwp_linux_dmabuf_feedback_v1, in particular tranche_flags. Everything on the thread of the
/// scene.
class TARMAC_EXPORT SceneFeedback {
public:
    /// `dmabuf` may be moved, and must have surfaces' feedback set by nobody else; when it goes
    /// first, nobody is told anything any more. Nor is anybody once `loop` is gone.
    SceneFeedback(LinuxDmabuf& dmabuf, wl_event_loop* loop,
                  std::chrono::milliseconds settling_time = std::chrono::milliseconds{500});
    SceneFeedback(SceneFeedback&&) noexcept;
    SceneFeedback& operator=(SceneFeedback&&) noexcept;
    /// Surfaces have the default feedback again.
    ~SceneFeedback();

    /// Follows `output` until it is destroyed, looking at the scene whenever the output commits. It
    /// may be off yet.
    /// One that shows no dma-bufs of clients (headless) never has a candidate.
    void follow(wlr_scene_output& output);

private:
    class TARMAC_LOCAL State;
    std::unique_ptr<State> state_;
};

} // namespace tarmac
