#include "account/timings.hpp"

#include <algorithm>

namespace tarmac {

Timing Timings::summary() const noexcept {
    if (count_ == 0)
        return {};
    auto sorted = newest_;
    const auto end =
        sorted.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count_, Kept));
    const auto middle = sorted.begin() + (end - sorted.begin()) / 2;
    std::nth_element(sorted.begin(), middle, end);
    return {count_, newest_[(count_ - 1) % Kept], *middle, longest_};
}

} // namespace tarmac
