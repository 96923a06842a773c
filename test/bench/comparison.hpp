#pragma once

#include <optional>
#include <string>

#include "bench/figures.hpp"
#include "bench/pairs.hpp"
#include "bench/peers.hpp"

namespace bench {

/// What the ratio must not be above, where there is such a thing. It is reached if the estimate of
/// the ratio lies below it, or holds it.
struct Bar {
    std::optional<double> elapsed = {}, processor = {};
};

Json json_of(const std::string& measure, const Peer& other, unsigned operations, const Pairs& pairs,
             const Bar& bar);

} // namespace bench
