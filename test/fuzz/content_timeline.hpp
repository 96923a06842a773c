#pragma once

#include <cstdint>
#include <tarmac/fd.hpp>

namespace fuzz {

/// A DRM timeline of this process, whose points signal in their order.
class Timeline {
public:
    Timeline();
    ~Timeline();
    Timeline(const Timeline&) = delete;
    Timeline& operator=(const Timeline&) = delete;

    /// For others to open the same.
    int fd() const { return fd_.get(); }
    void signal(std::uint64_t point) const;
    /// The last one that has signalled; 0 before that.
    std::uint64_t signalled() const;

private:
    std::uint32_t handle_ = 0;
    tarmac::Fd fd_;
};

} // namespace fuzz
