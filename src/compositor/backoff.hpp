#pragma once

#include <algorithm>
#include <chrono>

namespace tarmac::compositor {

/// How long to wait before each attempt of something that goes wrong again and again: not at all
/// the first time, then ever longer; after a quiet while, shorter again.
class Backoff {
public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::chrono::milliseconds First{50}, Longest{3200};
    /// Takes one step back.
    static constexpr std::chrono::seconds Quiet{10};

    /// The pause before the attempt that is due `now`.
    std::chrono::milliseconds next(Clock::time_point now) {
        const auto quiet = std::max(now - last_, Clock::duration::zero());
        step_ -= static_cast<int>(std::min<long>(step_, quiet / Quiet));
        const auto pause = step_ == 0 ? std::chrono::milliseconds{0}
                                      : std::min(First * (1 << (step_ - 1)), Longest);
        step_ = std::min(step_ + 1, MaxStep);
        last_ = now + pause;
        return pause;
    }

private:
    static constexpr int MaxStep = 7; ///< First doubled six times is Longest

    int step_ = 0;
    Clock::time_point last_; ///< when the last attempt was due
};

} // namespace tarmac::compositor
