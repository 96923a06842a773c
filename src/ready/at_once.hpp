#pragma once

#include "ready/sync_dmabuf.hpp"

namespace tarmac {

/// For work that its caller does by itself, since it needs the outcome at once: bands come one
/// after the other, and nobody cancels it.
class AtOnce final : public WorkerPool::Control {
public:
    bool is_cancelled() const noexcept override { return false; }
    WorkerPool::Outcome sync(int dmabuf, std::uint64_t flags) override {
        return sync_dmabuf(dmabuf, flags, interrupter_);
    }
    void share(unsigned n, const std::function<void(unsigned)>& band) override {
        for (unsigned i = 0; i < n; ++i)
            band(i);
    }

private:
    Interrupter interrupter_;
};

} // namespace tarmac
