#pragma once

namespace test {

/// Shortly before the suite is killed for taking too long (TARMAC_SUITE_TIMEOUT, in seconds from
/// now), the program says what it does, and where each of its threads is, and ends.
void start_watchdog();
/// From now on the program does `what`, which must stay there until the next call.
void watch(const char* what);

} // namespace test
