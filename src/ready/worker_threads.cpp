#include "ready/worker_threads.hpp"

#include <algorithm>
#include <linux/dma-buf.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "ready/sync_dmabuf.hpp"

namespace tarmac {

/// What the job of a worker sees of it.
class WorkerPool::JobControl final : public Control {
public:
    JobControl(Shared& shared, Thread& thread, const Job& job)
        : shared_{shared}, thread_{thread}, job_{job} {}

    bool is_cancelled() const noexcept override {
        current->give_sign();
        return job_.is_stopped();
    }
    Outcome sync(int dmabuf, std::uint64_t flags) override;
    void share(unsigned n, const std::function<void(unsigned)>& band) override;

    /// Bands ask too, on any worker.
    static thread_local Thread* current;

private:
    Shared& shared_;
    Thread& thread_;
    const Job& job_;
};

thread_local WorkerPool::Thread* WorkerPool::JobControl::current = nullptr;

WorkerPool::Outcome WorkerPool::JobControl::sync(int dmabuf, std::uint64_t flags) {
    const bool is_end = (flags & DMA_BUF_SYNC_END) != 0;
    if (!is_end && is_cancelled())
        return Outcome::Busy;
    thread_.give_sign();
    const Outcome outcome = sync_dmabuf(dmabuf, flags, *thread_.interrupter);
    thread_.give_sign();
    return outcome;
}

void WorkerPool::JobControl::share(unsigned n, const std::function<void(unsigned)>& band) {
    std::unique_lock lock{shared_.mutex};
    Batch batch{.band = band, .n = n, .job = job_, .client = job_.client};
    const auto place = shared_.batches.insert(shared_.batches.end(), &batch);
    for (unsigned i = 1; i < n && i <= shared_.n_idle; ++i)
        shared_.work_came.notify_one();
    while (batch.has_more())
        shared_.run_band(batch, thread_, lock);
    shared_.batches.erase(place);
    batch.returned.wait(lock, [&] { return batch.n_running == 0; });
    if (batch.error)
        std::rethrow_exception(batch.error);
}

void WorkerPool::Shared::run(Thread& self) noexcept {
    pthread_setname_np(pthread_self(), "tarmac-worker");
    Interrupter interrupter;
    self.interrupter = &interrupter;
    JobControl::current = &self;
    std::unique_lock lock{mutex};
    while (!is_closed && !self.is_given_up) {
        if (!order.empty()) {
            run_job(self, lock);
        } else if (Batch* batch = find_batch()) {
            self.client = batch->client;
            run_band(*batch, self, lock);
            self.client.reset();
        } else {
            ++n_idle;
            work_came.wait(lock);
            --n_idle;
        }
    }
    self.has_ended = true;
    thread_ended.notify_all();
}

void WorkerPool::Shared::run_job(Thread& self, std::unique_lock<std::mutex>& lock) {
    Client& client = *order.front();
    client.node.splice(client.node.begin(), order, client.place);
    self.job.splice(self.job.begin(), client.waiting, client.waiting.begin());
    Job& job = *self.job.front();
    job.is_waiting = false;
    client.is_running = true;
    self.client = job.client;
    self.give_sign();
    const Thread::Clock::time_point began = self.last_sign.load(std::memory_order_relaxed);
    lock.unlock();
    JobControl control{*this, self, job};
    Outcome outcome = Outcome::Failed;
    try {
        outcome = job.work(control);
    } catch (...) { // out of memory, as a rule
    }
    const auto time = Thread::Clock::now() - began;
    lock.lock();
    finish(self, outcome, time);
}

void WorkerPool::Shared::finish(Thread& self, Outcome outcome, std::chrono::nanoseconds time) {
    Job& job = *self.job.front();
    // Otherwise the event loop has done this.
    if (!self.is_given_up) {
        job.outcome = outcome;
        job.time = time;
        job.is_over = true;
        job_over.notify_all();
        Client& client = *job.client;
        client.is_running = false;
        if (!client.waiting.empty())
            order.splice(order.end(), client.node);
        else
            forget_if_unused(client);
    }
    self.client.reset();
    if (is_deserted) {
        // What jobs hold must not be destroyed on this thread.
        struct Graveyard {
            std::mutex mutex;
            Jobs jobs;
        };
        static union Forever {
            Forever() : graveyard{} {}
            ~Forever() {}
            Graveyard graveyard;
        } forever;
        const std::lock_guard graveyard_lock{forever.graveyard.mutex};
        forever.graveyard.jobs.splice(forever.graveyard.jobs.end(), self.job);
        return;
    }
    const bool is_first = finished.empty();
    finished.splice(finished.end(), self.job);
    if (is_first)
        announce();
}

WorkerPool::Batch* WorkerPool::Shared::find_batch() noexcept {
    const auto found = std::ranges::find_if(batches, &Batch::has_more);
    return found != batches.end() ? *found : nullptr;
}

void WorkerPool::Shared::run_band(Batch& batch, Thread& self, std::unique_lock<std::mutex>& lock) {
    const unsigned i = batch.next++;
    ++batch.n_running;
    self.give_sign();
    lock.unlock();
    std::exception_ptr error;
    try {
        batch.band(i);
    } catch (...) {
        error = std::current_exception();
    }
    lock.lock();
    if (error)
        batch.error = error;
    if (--batch.n_running == 0)
        batch.returned.notify_one();
}

void WorkerPool::Shared::announce() noexcept {
    eventfd_write(wake_up.get(), 1);
}

} // namespace tarmac
