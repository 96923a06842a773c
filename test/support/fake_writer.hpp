#pragma once

#include <tarmac/fd.hpp>

namespace test {

/// Somebody who seems to write to a dma-buf for as long as this lives, up to the ten seconds that
/// vgem allows. The dma-buf may be anybody's; skips the test where there is no vgem.
class FakeWriter {
public:
    explicit FakeWriter(const tarmac::Fd& dmabuf);
    ~FakeWriter();
    FakeWriter(const FakeWriter&) = delete;
    FakeWriter& operator=(const FakeWriter&) = delete;

private:
    tarmac::Fd vgem_;
    unsigned fence_;
};

} // namespace test
