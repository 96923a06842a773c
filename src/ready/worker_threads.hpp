#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <list>
#include <mutex>
#include <tarmac/fd.hpp>
#include <thread>
#include <unordered_map>
#include <vector>

#include "ready/interrupter.hpp"
#include "ready/worker_pool.hpp"

struct wl_event_source;

namespace tarmac {

/// A client of the pool: it lives while the pool knows it or one of its jobs lives.
struct WorkerPool::Client {
    explicit Client(const void* k) : key{k}, node{this} {}

    const void* key;
    Jobs waiting;
    bool is_running = false;
    bool has_lost_thread = false;
    /// Its place in the order, while it isn't there: it is while jobs wait and none runs.
    std::list<Client*> node;
    std::list<Client*>::iterator place = node.begin();
};

struct WorkerPool::Job {
    bool is_stopped() const noexcept {
        return is_cancelled.load(std::memory_order_relaxed) ||
               is_given_up.load(std::memory_order_relaxed);
    }

    Work work;
    Done done;
    std::weak_ptr<Shared> shared;
    std::atomic<bool> is_cancelled = false; ///< `done` isn't wanted
    std::atomic<bool> is_given_up = false;  ///< the pool doesn't want it any more
    bool is_reported = false;               ///< for the event loop

    // Under the lock.
    std::shared_ptr<Client> client;
    Outcome outcome = Outcome::Failed;
    std::chrono::nanoseconds time{}; ///< that the work took
    bool is_waiting = false;
    bool is_over = false;
    Jobs::iterator place; ///< while it is waiting
};

/// What a job shares with idle workers.
struct WorkerPool::Batch {
    const std::function<void(unsigned)>& band;
    unsigned n;
    const Job& job;
    std::shared_ptr<Client> client;

    // Under the lock.
    unsigned next = 0, n_running = 0;
    std::exception_ptr error;
    std::condition_variable returned;

    bool has_more() const noexcept { return next < n && !error && !job.is_stopped(); }
};

struct WorkerPool::Thread {
    using Clock = std::chrono::steady_clock;

    void give_sign() noexcept { last_sign.store(Clock::now(), std::memory_order_relaxed); }

    std::thread thread; ///< for the event loop
    std::atomic<Clock::time_point> last_sign;
    Interrupter* interrupter = nullptr; ///< for the thread itself

    // Under the lock.
    std::shared_ptr<Client> client; ///< for whom it works, if it does
    Jobs job;                       ///< its own, none while it helps
    bool is_suspected = false, is_given_up = false, has_ended = false;
};

/// What the event loop and the workers have in common. It lives as long as any thread does.
struct WorkerPool::Shared : std::enable_shared_from_this<Shared> {
    explicit Shared(unsigned n) : size{n} {}

    // For the workers.
    void run(Thread& self) noexcept;
    void run_job(Thread& self, std::unique_lock<std::mutex>& lock);
    void run_band(Batch& batch, Thread& self, std::unique_lock<std::mutex>& lock);
    Batch* find_batch() noexcept;
    void finish(Thread& self, Outcome outcome, std::chrono::nanoseconds time);
    /// Has the event loop collect what has finished.
    void announce() noexcept;

    // For the event loop.
    bool start_threads();
    bool start_thread() noexcept;
    void drop(Job& job);
    void collect() noexcept;
    static void report(Job& job) noexcept;
    static void clear(Jobs& jobs);
    void look_after_threads();
    void give_up(const std::shared_ptr<Thread>& thread);
    void set_watchdog(std::chrono::milliseconds delay);
    void close();

    // Under the lock.
    void queue(Jobs& node);
    void finish_waiting(Client& client, Outcome outcome);
    void forget_if_unused(Client& client);
    bool is_busy() const noexcept;

    // For the event loop alone, but the descriptor.
    const unsigned size;
    wl_event_loop* loop = nullptr;
    Fd wake_up; ///< an eventfd
    wl_event_source *finished_source = nullptr, *idle_source = nullptr, *watchdog = nullptr;
    bool is_watching = false;
    std::vector<std::shared_ptr<Thread>> threads;

    std::mutex mutex;
    std::condition_variable work_came, job_over, thread_ended;
    // Under the lock. Jobs move between lists without memory being asked for.
    std::unordered_map<const void*, std::shared_ptr<Client>> clients;
    std::list<Client*> order; ///< who has a job that can start, next first
    std::list<Batch*> batches;
    Jobs finished; ///< whose work has returned, or will never be called
    Jobs lost;     ///< whose thread was given up; they come to `finished` if it returns
    unsigned n_idle = 0;
    bool is_closed = false;   ///< no job starts any more
    bool is_deserted = false; ///< nobody collects any more
};

} // namespace tarmac
