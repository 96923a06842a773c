#pragma once

#include <string>
#include <vector>

#include "support/process.hpp"

namespace test {

/// What a thread of this process asks of the kernel, as strace tells it. Skips the test where that
/// is missing.
class SystemCalls {
public:
    /// Traces this thread from now on, with the calls named in `names` ("ioctl,poll") and
    /// getppid().
    explicit SystemCalls(const std::string& names);

    /// Ends the trace. Its lines that lie between an odd getppid() and the next one.
    std::vector<std::string> between_marks();

private:
    std::string path_;
    Process strace_;
};

} // namespace test
