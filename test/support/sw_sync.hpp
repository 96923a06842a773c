#pragma once

#include <cstdint>
#include <tarmac/fd.hpp>

namespace test {

/// Fences that signal when the program wants (the kernel's drivers/dma-buf/sw_sync.c), on a
/// timeline of their own.
class SwSync {
public:
    SwSync();
    /// False where the kernel makes no such fences for programs (CONFIG_SW_SYNC).
    explicit operator bool() const { return static_cast<bool>(timeline_); }

    /// A sync_file that the next signal() signals, or empty.
    tarmac::Fd add();
    /// All that was added. What hasn't signalled when this goes ends with an error.
    void signal();

private:
    tarmac::Fd timeline_;
    std::uint32_t signalled_ = 0;
};

/// Attaches `sync_file` to `dmabuf`, as that of somebody who writes or reads. False if the kernel
/// doesn't want that.
bool attach(const tarmac::Fd& dmabuf, const tarmac::Fd& sync_file, bool writes);

} // namespace test
