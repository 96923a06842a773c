#pragma once

namespace test {

/// From now on the program does `what`, which must stay there until the next call. If that takes
/// minutes, it says where each of its threads is and ends, instead of being killed without a word
/// by whoever waits for the suite.
void watch(const char* what);

} // namespace test
