#include "compositor/output/switch_on.hpp"

#include <algorithm>
#include <vector>

namespace tarmac::compositor {
namespace {

constexpr int HeadlessRate = 60'000; ///< in mHz, at which wlroots draws them

std::vector<wlr_output_mode*> modes_of(const wlr_output& output) {
    std::vector<wlr_output_mode*> modes;
    for (wl_list* link = output.modes.next; link != &output.modes; link = link->next) {
        wlr_output_mode* mode = wl_container_of(link, mode, link);
        modes.push_back(mode);
    }
    return modes;
}

/// All of them, the one to try first in front.
std::vector<wlr_output_mode*> sorted_modes(wlr_output& output, std::optional<Size> size) {
    std::vector<wlr_output_mode*> modes = modes_of(output);
    const auto has_size = [&](const wlr_output_mode* mode) {
        return size && mode->width == size->width && mode->height == size->height;
    };
    std::ranges::stable_sort(modes, std::greater{}, [&](const wlr_output_mode* mode) {
        return std::pair{has_size(mode) ? mode->refresh : -1,
                         mode == wlr_output_preferred_mode(&output)};
    });
    return modes;
}

template <class SetMode>
bool commit(wlr_output& output, SetMode set_mode) {
    wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    set_mode(state);
    const bool done = wlr_output_commit_state(&output, &state);
    wlr_output_state_finish(&state);
    return done;
}

} // namespace

bool switch_on(wlr_output& output, std::optional<Size> size) {
    const std::vector<wlr_output_mode*> modes = sorted_modes(output, size);
    if (modes.empty()) {
        // Without a rate, clients would draw at the pace of captures of their windows; a nested
        // output has to be without one.
        const bool is_headless = wlr_output_is_headless(&output);
        const Size shown = size.value_or(Size{output.width, output.height});
        return commit(output, [&](wlr_output_state& state) {
            if (size || is_headless)
                wlr_output_state_set_custom_mode(&state, shown.width, shown.height,
                                                 is_headless ? HeadlessRate : 0);
        });
    }
    return std::ranges::any_of(modes, [&](wlr_output_mode* mode) {
        return commit(output,
                      [&](wlr_output_state& state) { wlr_output_state_set_mode(&state, mode); });
    });
}

void switch_off(wlr_output& output) {
    wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, false);
    wlr_output_commit_state(&output, &state);
    wlr_output_state_finish(&state);
}

} // namespace tarmac::compositor
