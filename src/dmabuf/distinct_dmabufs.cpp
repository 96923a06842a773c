#include "dmabuf/distinct_dmabufs.hpp"

#include <algorithm>

namespace tarmac {

DistinctDmabufs::DistinctDmabufs(const Dmabuf& image) noexcept {
    for (unsigned i = 0; i < image.planes().size(); ++i) {
        const Member member{image.planes()[i].fd.get(), image.inode(i)};
        if (!std::ranges::contains(members(), member.inode, &Member::inode))
            members_[n_members_++] = member;
    }
}

} // namespace tarmac
