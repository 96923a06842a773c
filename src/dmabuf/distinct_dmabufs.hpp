#pragma once

#include <array>
#include <span>
#include <sys/types.h>
#include <tarmac/dmabuf.hpp>

namespace tarmac {

/// The dma-bufs that an image lies in, each once, whatever the number of planes in it. Borrows the
/// image's descriptors. To be made once an image: it asks the kernel about every plane.
class DistinctDmabufs {
public:
    struct Member {
        int fd; ///< of the first plane that lies in it
        ino_t id = 0;
    };

    explicit DistinctDmabufs(const Dmabuf& image) noexcept;

    std::span<const Member> members() const noexcept { return {members_.data(), n_members_}; }
    /// In which of the members plane `plane` lies.
    unsigned member_of(unsigned plane) const noexcept { return member_of_[plane]; }

private:
    std::array<Member, MaxPlanes> members_{};
    std::array<unsigned, MaxPlanes> member_of_{};
    unsigned n_members_ = 0;
};

} // namespace tarmac
