#pragma once

#include <cstdint>

#include "ready/interrupter.hpp"
#include "ready/worker_pool.hpp"

namespace tarmac {

/// DMA_BUF_IOCTL_SYNC with DMA_BUF_SYNC_* flags on the thread that made `interrupter`. A START that
/// doesn't return within Interrupter::Patience is interrupted: Busy. An END is brought to its end,
/// since the window would stay open otherwise.
WorkerPool::Outcome sync_dmabuf(int dmabuf, std::uint64_t flags, Interrupter& interrupter);

} // namespace tarmac
