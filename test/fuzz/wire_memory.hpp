#pragma once

#include <array>
#include <cstdint>
#include <tarmac/fd.hpp>
#include <vector>

#include "support/sw_sync.hpp"

namespace fuzz {

/// What clients pass descriptors of, made once: dma-bufs, with fences that stay for as long as the
/// program wants, a timeline, and what is neither.
class Memory {
public:
    static Memory& shared();

    /// Dma-bufs come first.
    static constexpr unsigned NDmabufs = 4;
    std::size_t n_fds() const { return fds_.size(); }
    int fd(unsigned which) const { return fds_[which % fds_.size()].get(); }
    /// A descriptor of the timeline; -1 where the machine has none.
    int timeline_fd() const { return timeline_fd_.get(); }

    /// Somebody writes to a dma-buf, or reads from it, from now on.
    void begin_use(unsigned dmabuf, bool writes);
    void end_use(unsigned dmabuf);
    /// Signals what is before `point` on the timeline too.
    void signal_point(std::uint64_t point);
    /// Everything has signalled, and the timeline is as it was in the beginning.
    void reset();

private:
    Memory();

    std::vector<tarmac::Fd> fds_;
    struct Users {
        test::SwSync fences;
        unsigned n = 0;
    };
    std::array<Users, NDmabufs> users_;
    tarmac::Fd device_, timeline_fd_;
    std::uint32_t timeline_ = 0;
    bool is_timeline_used_ = false;
};

} // namespace fuzz
