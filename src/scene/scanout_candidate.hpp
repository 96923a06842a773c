#pragma once

#include <string_view>

struct wlr_output;
struct wlr_scene_output;
struct wlr_surface;

namespace tarmac {

/// What is seen on an output, as far as its being scanned out goes.
struct ScanoutLook {
    wlr_surface* candidate = nullptr; ///< that is all there is to see
    /// That is seen above all others, where that was looked for.
    wlr_surface* topmost = nullptr;
    /// Where there is no candidate: why `topmost` is none, or, without one, why nothing is. A
    /// sentence.
    std::string_view reason{};
};
ScanoutLook look_for_scanout(wlr_scene_output& output);

/// The surface that is all there is to see on `output`, or nullptr.
inline wlr_surface* find_scanout_candidate(wlr_scene_output& output) {
    return look_for_scanout(output).candidate;
}

/// Whether wlroots draws what the output shows, whatever that is.
bool is_always_drawn(wlr_output* output);

} // namespace tarmac
