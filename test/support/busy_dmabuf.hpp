#pragma once

#include <cstddef>
#include <tarmac/fd.hpp>

namespace test {

/// A dma-buf of vgem's to which somebody seems to write for as long as this lives, up to the ten
/// seconds that vgem allows. Skips the test where there is no vgem.
class BusyDmabuf {
public:
    explicit BusyDmabuf(std::size_t size);
    ~BusyDmabuf();
    BusyDmabuf(const BusyDmabuf&) = delete;
    BusyDmabuf& operator=(const BusyDmabuf&) = delete;

    int get() const { return dmabuf_.get(); }

private:
    tarmac::Fd card_, dmabuf_;
    unsigned fence_ = 0;
};

} // namespace test
