#pragma once

#include <array>
#include <tarmac/timing.hpp>

namespace tarmac {

/// The newest of the times that something took, and what is to be said of all. Noting one costs a
/// dozen instructions; all else is for who looks.
class Timings {
public:
    static constexpr std::size_t Kept = 32;

    void note(std::chrono::nanoseconds time) noexcept {
        newest_[count_++ % Kept] = time;
        if (time > longest_)
            longest_ = time;
    }
    Timing summary() const noexcept;

private:
    std::array<std::chrono::nanoseconds, Kept> newest_{};
    std::uint64_t count_ = 0;
    std::chrono::nanoseconds longest_{};
};

} // namespace tarmac
