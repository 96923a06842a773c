#pragma once

#include <chrono>
#include <functional>

#include "inspect/report.hpp"

namespace tarmac::inspect {

using Clock = std::chrono::steady_clock;

/// Tries one renderer in this process, whose driver may end it: what is found is told bit by bit.
struct Trial {
    const Report& report; ///< what the machine has
    Renderer renderer;    ///< which one
    Clock::time_point end;

    std::function<void(const Renderer&)> on_renderer; ///< what is known of it, without outcomes
    std::function<void(const Outcome&)> on_outcome;

    void run();
};

/// Which renderers can be tried on that machine.
std::vector<Renderer> renderers_to_try(const Report& report);

} // namespace tarmac::inspect
