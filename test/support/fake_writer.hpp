#pragma once

#include <tarmac/fd.hpp>
#include <thread>

#include "support/sw_sync.hpp"

namespace test {

/// Somebody who seems to use a dma-buf for as long as this lives, however long that is. The dma-buf
/// may be anybody's; skips the test where the kernel makes no such fences for programs
/// (CONFIG_SW_SYNC).
class FakeUser {
public:
    FakeUser(const tarmac::Fd& dmabuf, bool writes);
    ~FakeUser();
    FakeUser(const FakeUser&) = delete;
    FakeUser& operator=(const FakeUser&) = delete;

private:
    SwSync timeline_;
};

class FakeWriter : public FakeUser {
public:
    explicit FakeWriter(const tarmac::Fd& dmabuf) : FakeUser{dmabuf, true} {}
};

class FakeReader : public FakeUser {
public:
    explicit FakeReader(const tarmac::Fd& dmabuf) : FakeUser{dmabuf, false} {}
};

/// Somebody whose fences come and go, as fast as they can, in a thread of its own.
class RestlessWriter {
public:
    explicit RestlessWriter(const tarmac::Fd& dmabuf);

private:
    std::jthread thread_;
};

} // namespace test
