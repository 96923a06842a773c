#pragma once

#include <array>
#include <span>
#include <sys/types.h>
#include <tarmac/dmabuf.hpp>

namespace tarmac {

/// The dma-bufs that an image lies in, each once, whatever the number of planes in it. Borrows the
/// image's descriptors.
class DistinctDmabufs {
public:
    struct Member {
        int fd; ///< of the first plane that lies in it
        ino_t inode = 0;
    };

    explicit DistinctDmabufs(const Dmabuf& image) noexcept;

    std::span<const Member> members() const noexcept { return {members_.data(), n_members_}; }

private:
    std::array<Member, MaxPlanes> members_{};
    unsigned n_members_ = 0;
};

} // namespace tarmac
