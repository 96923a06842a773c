#include "bench/pairs.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

/// How many values at each end lie outside the interval: the most for which the chance that the
/// true median is out there too is below 5 %. The number of values below it has a binomial
/// distribution with one half.
std::size_t cut_at_each_end(std::size_t n) {
    double chance = std::pow(0.5, static_cast<double>(n)), sum = 0;
    std::size_t cut = 0;
    for (std::size_t k = 0; k < n / 2; ++k) {
        sum += chance;
        if (2 * sum > 0.05)
            break;
        cut = k;
        chance *= static_cast<double>(n - k) / static_cast<double>(k + 1);
    }
    return cut;
}

} // namespace

Estimate estimate_median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t n = values.size(), cut = cut_at_each_end(n);
    return {values[cut], (values[(n - 1) / 2] + values[n / 2]) / 2, values[n - 1 - cut]};
}

Estimate Pairs::of(const std::vector<Cost>& costs, Part part) {
    std::vector<double> values;
    for (const Cost& cost : costs)
        values.push_back(cost.*part);
    return estimate_median(std::move(values));
}

Estimate Pairs::ratio(Part part) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < count(); ++i)
        ratios.push_back(ours[i].*part / theirs[i].*part);
    return estimate_median(std::move(ratios));
}

Pairs measure_pairs(const std::function<Cost()>& ours, const std::function<Cost()>& theirs,
                    const Effort& effort) {
    const auto end = std::chrono::steady_clock::now() + effort.longest;
    Pairs pairs;
    while (pairs.count() < effort.most) {
        pairs.ours.push_back(ours());
        pairs.theirs.push_back(theirs());
        if (pairs.count() < effort.fewest)
            continue;
        if (std::chrono::steady_clock::now() >= end ||
            (pairs.ratio(&Cost::elapsed).is_narrow() && pairs.ratio(&Cost::processor).is_narrow()))
            break;
    }
    return pairs;
}

} // namespace bench
