#pragma once

#include <cstdint>
#include <string>

namespace test {

/// Says what this test case has tried, and how often: `n` more of `what`, in the plural. When the
/// case is over it is written down, with what came of it, in a line of the file that TARMAC_TRIED
/// names, for doc/robustness.md (test/machine/robustness.py).
void tried(std::uint64_t n, const std::string& what);

} // namespace test
