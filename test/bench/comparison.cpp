#include "bench/comparison.hpp"

namespace bench {

namespace {

Json json_of(const Estimate& estimate) {
    return Json{}
        .add("low", estimate.low)
        .add("median", estimate.median)
        .add("high", estimate.high);
}

Json json_of(const Pairs& pairs, Pairs::Part part, const std::optional<double>& bar) {
    const Estimate ratio = pairs.ratio(part);
    Json json;
    json.add("ours", json_of(Pairs::of(pairs.ours, part)))
        .add("theirs", json_of(Pairs::of(pairs.theirs, part)))
        .add("ratio", json_of(ratio))
        .add("narrow", ratio.is_narrow());
    if (bar)
        json.add("bar", *bar).add("reached", ratio.low <= *bar);
    return json;
}

} // namespace

Json json_of(const std::string& measure, const Peer& other, unsigned operations, const Pairs& pairs,
             const Bar& bar) {
    return Json{}
        .add("measure", measure)
        .add("peer", other.name)
        .add("pairs", static_cast<double>(pairs.count()))
        .add("operations", operations)
        .add("elapsed", json_of(pairs, &Cost::elapsed, bar.elapsed))
        .add("processor", json_of(pairs, &Cost::processor, bar.processor));
}

} // namespace bench
