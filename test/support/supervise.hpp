#pragma once

#include <functional>

namespace test {

/// Runs `program`, which returns the exit status, in a process of its own, and returns that. Where
/// LeakSanitizer doesn't come to an end after it, the process is killed, and the tally says so: on
/// User-Mode Linux its stopped threads now and then stay stopped.
int supervise(const std::function<int()>& program);

} // namespace test
