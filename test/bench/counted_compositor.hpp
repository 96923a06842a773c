#pragma once

#include <cstdint>
#include <string>

namespace bench {

/// What a compositor had to say of itself when it ended.
struct Usage {
    std::uint64_t heap = 0;        ///< bytes that malloc() has given out
    std::uint64_t descriptors = 0; ///< that are open
};

/// Is a compositor for one of the `handlers` of linux-dmabuf, whose renderer takes every dma-buf
/// and does nothing: for clients that connect to the socket `listening`, until the other end of the
/// socket `control` says something or is shut down. Answers what was said with its Usage, and ends
/// the process, with all that clients have still there.
[[noreturn]] void run_compositor(const std::string& handler, int listening, int control);

inline constexpr const char* Handlers[] = {"tarmac", "wlroots"};

} // namespace bench
