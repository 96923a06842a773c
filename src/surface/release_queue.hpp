#pragma once

#include <list>
#include <memory>
#include <optional>

#include "import/dmabuf_buffer.hpp"
#include "ready/fence_watch.hpp"
#include "ready/worker_pool.hpp"
#include "wlr/end_of_turn.hpp"
#include "wlr/timer.hpp"

namespace tarmac {

/// Buffers that no surface needs any more, on their way back to clients: a window of reading in
/// place is closed on a worker, and readers that the kernel knows of (a GPU's jobs, a screen) are
/// waited for. Rule: wl_buffer.release, and wp_linux_drm_syncobj_surface_v1.set_release_point.
/// Buffers keep it, so the last of them may take it along.
class ReleaseQueue : public std::enable_shared_from_this<ReleaseQueue> {
public:
    ReleaseQueue(wl_event_loop* loop, FenceWatch& fences, WorkerPool& workers);
    ~ReleaseQueue();
    ReleaseQueue(const ReleaseQueue&) = delete;
    ReleaseQueue& operator=(const ReleaseQueue&) = delete;

    /// Unlocks `buffer`, which must be a DmabufBuffer, at the end of this turn at the earliest.
    void push(BufferLock buffer);
    /// Lets all go at once, and from now on without waiting for readers: the fences and the workers
    /// go. The event loop may go too.
    void retire();

private:
    struct Entry {
        BufferLock buffer;
        ClientAccount::Charge charge; ///< for the wait
        FenceWatch::Ticket readers;
        std::optional<Timer> again;
        WorkerPool::Ticket closing;
    };
    using Entries = std::list<Entry>;

    void look_at_new();
    /// Without memory to wait with, it waits no longer.
    void proceed(Entries::iterator entry) noexcept;
    void await_readers(Entries::iterator entry);
    void finish(Entries::iterator entry);

    void let_all_go();

    wl_event_loop* loop_; ///< nullptr once it is gone
    FenceWatch* fences_;  ///< nullptr when retired
    WorkerPool* workers_;
    Listener loop_gone_;
    Entries new_, waiting_;
    EndOfTurn end_of_turn_;
};

} // namespace tarmac
