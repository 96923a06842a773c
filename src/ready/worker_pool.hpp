#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

struct wl_event_loop;

namespace tarmac {

/// Threads for what the event loop must not do: DMA_BUF_IOCTL_SYNC, which waits for clients, and
/// work on pixels. The pool belongs to the event loop's thread.
///
/// A client has one job at a time, and clients take turns. Work must not call wl_, wlr_ or anything
/// else that belongs to the event loop. The threads block all signals but those that a fault raises
/// and the one that interrupts them: SIGURG, as nothing bad happens if its handler gets lost, and
/// hardly anybody else uses it; where it has a handler already, a free real-time signal. Children
/// have to be started with posix_spawn() or something as careful: a forked one has locks that
/// nobody unlocks.
class WorkerPool {
    struct Client;
    struct Job;
    using Jobs = std::list<std::shared_ptr<Job>>;
    struct Batch;
    struct Thread;
    struct Shared;
    class JobControl;

public:
    enum class Outcome : std::uint8_t {
        Done,
        Busy,   ///< somebody still uses the memory: to be submitted again when its fences signalled
        Failed, ///< work said so, threw, or couldn't be started
        Lost,   ///< the thread didn't come back, or the client has lost one before
    };

    /// What running work may ask for.
    class Control {
    public:
        /// Nobody wants the outcome any more.
        virtual bool is_cancelled() const noexcept = 0;

        /// DMA_BUF_IOCTL_SYNC with DMA_BUF_SYNC_* flags, interrupted if it doesn't return in 20 ms.
        /// Done, Busy (interrupted, or cancelled before a START) or Failed. For the thread that
        /// runs the work, not for bands.
        virtual Outcome sync(int dmabuf, std::uint64_t flags) = 0;

        /// Calls band(0) … band(n - 1), on this thread and on workers that have nothing else to do.
        /// Returns when all have returned. Those that haven't begun are left out once the job is
        /// cancelled or one has thrown, which this throws on.
        virtual void share(unsigned n, const std::function<void(unsigned)>& band) = 0;

    protected:
        ~Control() = default;
    };

    using Work = std::move_only_function<Outcome(Control&)>;
    using Done = std::move_only_function<void(Outcome)>;

    /// A job that is wanted. Given up, its `done` isn't called. It may outlive the pool.
    class Ticket {
    public:
        Ticket() = default;
        Ticket(Ticket&&) noexcept = default;
        Ticket& operator=(Ticket&& other) noexcept;
        ~Ticket();

        /// Whether `done` will be called yet.
        explicit operator bool() const noexcept;
        /// Waits for the work to return, until `end`, and calls `done` in this call if it has.
        void finish_by(std::chrono::steady_clock::time_point end);
        /// That the work took; to be asked in `done`, if it is Done.
        std::chrono::nanoseconds time() const noexcept;

    private:
        friend WorkerPool;
        explicit Ticket(std::shared_ptr<Job> job) : job_{std::move(job)} {}
        std::shared_ptr<Job> job_;
    };

    /// One for each core but one, at least 2 and at most 4.
    static unsigned default_size() noexcept;

    /// The threads start with the first job.
    WorkerPool(wl_event_loop* loop, unsigned threads = default_size());
    /// Cancels everything and waits for the threads, 2 seconds at most.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// `work` runs on a worker, `done` on the event loop, never inside this call. `client` is only
    /// compared. What both hold is destroyed on the event loop's thread, once work has returned; if
    /// the pool went before that, never.
    ///
    /// Work shows that it goes on by calling its Control, the bands that it shares included. A
    /// thread that is silent for 2 seconds is given up: its job and all others of that client,
    /// those to come included, end as Lost, and another thread takes its place.
    [[nodiscard]] Ticket submit(const void* client, Work work, Done done);

    /// To be called when what `client` points to goes: another may be made in its place.
    void forget(const void* client);

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace tarmac
