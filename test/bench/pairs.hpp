#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace bench {

/// Of one operation, in seconds.
struct Cost {
    double elapsed = 0;   ///< on the client's clock
    double processor = 0; ///< that the compositor's process used
};

/// A median, and where it lies in 95 of 100 cases.
struct Estimate {
    double low = 0, median = 0, high = 0;

    /// Narrower than a tenth of the median.
    bool is_narrow() const { return high - low < 0.1 * median; }
};

/// Of at least one value. The interval is between two of the values in order, so that it holds
/// whatever their distribution is; of fewer than six it is all of them, and holds less often.
Estimate estimate_median(std::vector<double> values);

/// What the same work costs in two compositors, one run after the other in turn.
struct Pairs {
    std::vector<Cost> ours, theirs;

    std::size_t count() const { return ours.size(); }
    using Part = double Cost::*;
    Estimate ratio(Part part) const;
    static Estimate of(const std::vector<Cost>& costs, Part part);
};

struct Effort {
    std::size_t fewest = 7, most = 41;
    std::chrono::seconds longest{40}; ///< after which no pair is added to the fewest
};

/// Until the ratios of both times are narrow, or there are as many as may be.
Pairs measure_pairs(const std::function<Cost()>& ours, const std::function<Cost()>& theirs,
                    const Effort& effort);

} // namespace bench
