#include "dmabuf/distinct_dmabufs.hpp"

#include "dmabuf/device.hpp"

namespace tarmac {

DistinctDmabufs::DistinctDmabufs(const Dmabuf& image) noexcept {
    const auto planes = image.planes();
    for (unsigned i = 0; i < planes.size(); ++i) {
        const int fd = planes[i].fd.get();
        const ino_t id = inode_of(fd);
        unsigned member = 0;
        while (member < n_members_ && members_[member].id != id)
            ++member;
        if (member == n_members_)
            members_[n_members_++] = {fd, id};
        member_of_[i] = member;
    }
}

} // namespace tarmac
