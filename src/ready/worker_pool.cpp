#include "ready/worker_pool.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <sys/eventfd.h>
#include <utility>
#include <wayland-server-core.h>

#include "ready/bus_fault_guard.hpp"
#include "ready/worker_threads.hpp"
#include "wlr/guard.hpp"

namespace tarmac {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds SilenceOfTheLost = 2s;
/// A process that was stopped itself finds all its threads silent: they get time to speak.
constexpr std::chrono::milliseconds SecondLook = 100ms;

/// Blocks what workers block, but for what interrupts them, in a thread that starts one.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t blocked;
        sigfillset(&blocked);
        for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS})
            sigdelset(&blocked, fault);
        pthread_sigmask(SIG_SETMASK, &blocked, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

} // namespace

WorkerPool::Ticket& WorkerPool::Ticket::operator=(Ticket&& other) noexcept {
    Ticket before{std::exchange(job_, std::exchange(other.job_, nullptr))};
    return *this;
}

WorkerPool::Ticket::~Ticket() {
    if (!job_)
        return;
    job_->is_cancelled = true;
    if (const auto shared = job_->shared.lock())
        shared->drop(*job_);
}

WorkerPool::Ticket::operator bool() const noexcept {
    return job_ && !job_->is_reported;
}

void WorkerPool::Ticket::finish_by(std::chrono::steady_clock::time_point end) {
    const auto job = job_; // `done` may destroy the ticket
    const auto shared = job ? job->shared.lock() : nullptr;
    if (!shared)
        return;
    {
        std::unique_lock lock{shared->mutex};
        if (!shared->job_over.wait_until(lock, end, [&] { return job->is_over; }))
            return;
    }
    Shared::report(*job);
}

std::chrono::nanoseconds WorkerPool::Ticket::time() const noexcept {
    return job_ ? job_->time : std::chrono::nanoseconds{};
}

unsigned WorkerPool::default_size() noexcept {
    return std::clamp(std::thread::hardware_concurrency(), 3u, 5u) - 1;
}

WorkerPool::WorkerPool(wl_event_loop* loop, unsigned threads)
    : shared_{std::make_shared<Shared>(std::max(threads, 1u))} {
    install_bus_fault_guard();
    shared_->loop = loop;
    shared_->wake_up = Fd{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (shared_->wake_up)
        shared_->finished_source = wl_event_loop_add_fd(
            loop, shared_->wake_up.get(), WL_EVENT_READABLE,
            [](int, std::uint32_t, void* shared) {
                static_cast<Shared*>(shared)->collect();
                return 0;
            },
            shared_.get());
    shared_->watchdog = wl_event_loop_add_timer(
        loop,
        [](void* data) {
            auto& shared = *static_cast<Shared*>(data);
            if (!guard([&] { shared.look_after_threads(); }))
                shared.set_watchdog(SecondLook);
            return 0;
        },
        shared_.get());
}

WorkerPool::~WorkerPool() {
    shared_->close();
}

WorkerPool::Ticket WorkerPool::submit(const void* client, Work work, Done done) {
    auto job = std::make_shared<Job>();
    job->work = std::move(work);
    job->done = std::move(done);
    job->shared = shared_;
    Jobs node{job};
    const bool can_run = shared_->start_threads();
    const std::lock_guard lock{shared_->mutex};
    auto& known = shared_->clients[client];
    if (!known)
        known = std::make_shared<Client>(client);
    job->client = known;
    shared_->queue(node);
    if (known->has_lost_thread)
        shared_->finish_waiting(*known, Outcome::Lost);
    else if (!can_run)
        shared_->finish_waiting(*known, Outcome::Failed);
    return Ticket{std::move(job)};
}

void WorkerPool::forget(const void* client) {
    const std::lock_guard lock{shared_->mutex};
    shared_->clients.erase(client);
}

void WorkerPool::Shared::queue(Jobs& node) {
    Job& job = *node.front();
    Client& client = *job.client;
    job.is_waiting = true;
    job.place = node.begin();
    client.waiting.splice(client.waiting.end(), node);
    if (!client.is_running && client.waiting.size() == 1)
        order.splice(order.end(), client.node);
    work_came.notify_one();
}

void WorkerPool::Shared::finish_waiting(Client& client, Outcome outcome) {
    if (client.node.empty())
        client.node.splice(client.node.begin(), order, client.place);
    for (const auto& job : client.waiting) {
        job->outcome = outcome;
        job->is_waiting = false;
        job->is_over = true;
    }
    finished.splice(finished.end(), client.waiting);
    if (finished_source)
        announce();
    else if (!idle_source)
        // The process was out of descriptors when the pool was made.
        idle_source = wl_event_loop_add_idle(
            loop,
            [](void* shared) {
                static_cast<Shared*>(shared)->idle_source = nullptr;
                static_cast<Shared*>(shared)->collect();
            },
            this);
}

void WorkerPool::Shared::forget_if_unused(Client& client) {
    if (client.is_running || !client.waiting.empty() || client.has_lost_thread)
        return;
    const auto found = clients.find(client.key);
    if (found != clients.end() && found->second.get() == &client)
        clients.erase(found);
}

void WorkerPool::Shared::drop(Job& job) {
    // Goes when the lock has gone: what it holds may be tickets.
    Jobs dropped;
    const std::lock_guard lock{mutex};
    if (!job.is_waiting)
        return;
    job.is_waiting = false;
    const auto client = job.client;
    dropped.splice(dropped.begin(), client->waiting, job.place);
    if (client->waiting.empty() && client->node.empty() && !client->is_running)
        client->node.splice(client->node.begin(), order, client->place);
    forget_if_unused(*client);
}

void WorkerPool::Shared::collect() noexcept {
    const auto self = shared_from_this();
    eventfd_t count;
    if (wake_up)
        eventfd_read(wake_up.get(), &count);
    Jobs over, given_up;
    {
        const std::lock_guard lock{mutex};
        over.splice(over.begin(), finished);
        given_up.splice(given_up.begin(), lost);
        if (!is_busy())
            set_watchdog(0ms);
    }
    for (auto job = given_up.begin(); job != given_up.end() && !is_closed; ++job)
        report(**job);
    for (auto job = over.begin(); job != over.end() && !is_closed; ++job)
        report(**job);
    clear(over);
}

void WorkerPool::Shared::report(Job& job) noexcept {
    if (job.is_cancelled || std::exchange(job.is_reported, true))
        return;
    auto done = std::exchange(job.done, nullptr);
    guard([&] { done(job.outcome); });
}

/// Tickets may stay, what the jobs hold goes.
void WorkerPool::Shared::clear(Jobs& jobs) {
    for (const auto& job : jobs) {
        job->is_reported = true;
        job->work = nullptr;
        job->done = nullptr;
    }
    jobs.clear();
}

bool WorkerPool::Shared::is_busy() const noexcept {
    return !order.empty() || std::ranges::any_of(threads, [](const auto& thread) {
        return thread->client != nullptr;
    });
}

bool WorkerPool::Shared::start_threads() {
    if (!finished_source)
        return false;
    while (threads.size() < size && start_thread()) {
    }
    if (!is_watching)
        set_watchdog(SilenceOfTheLost);
    return !threads.empty();
}

bool WorkerPool::Shared::start_thread() noexcept {
    try {
        threads.reserve(threads.size() + 1);
        auto made = std::make_shared<Thread>();
        const SignalsBlocked signals;
        made->thread = std::thread{[self = shared_from_this(), made] { self->run(*made); }};
        threads.push_back(std::move(made));
        return true;
    } catch (const std::exception&) { // no memory, or no thread to be had
        return false;
    }
}

void WorkerPool::Shared::set_watchdog(std::chrono::milliseconds delay) {
    if (watchdog)
        wl_event_source_timer_update(watchdog, static_cast<int>(delay.count()));
    is_watching = watchdog && delay.count() > 0;
}

void WorkerPool::Shared::look_after_threads() {
    const std::lock_guard lock{mutex};
    const auto now = Thread::Clock::now();
    auto next_look = SilenceOfTheLost;
    std::vector<std::shared_ptr<Thread>> lost;
    lost.reserve(threads.size());
    for (const auto& thread : threads) {
        if (!thread->client)
            continue;
        const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(
            now - thread->last_sign.load(std::memory_order_relaxed));
        if (silence < SilenceOfTheLost) {
            thread->is_suspected = false;
            next_look = std::min(next_look, SilenceOfTheLost - silence);
        } else if (!std::exchange(thread->is_suspected, true)) {
            next_look = std::min(next_look, SecondLook);
        } else {
            lost.push_back(thread);
        }
    }
    for (const auto& thread : lost)
        give_up(thread);
    while (threads.size() < size && start_thread()) {
    }
    set_watchdog(is_busy() ? next_look : 0ms);
}

void WorkerPool::Shared::give_up(const std::shared_ptr<Thread>& thread) {
    Jobs given_up{thread->job};
    thread->is_given_up = true;
    thread->thread.detach();
    std::erase(threads, thread);
    Client& client = *thread->client;
    client.has_lost_thread = true;
    for (const auto& job : given_up) {
        job->is_given_up = true;
        job->outcome = Outcome::Lost;
        client.is_running = false;
    }
    lost.splice(lost.end(), given_up);
    finish_waiting(client, Outcome::Lost);
}

void WorkerPool::Shared::close() {
    Jobs unwanted;
    {
        std::unique_lock lock{mutex};
        is_closed = true;
        for (const auto& thread : threads) {
            for (const auto& job : thread->job) {
                job->is_given_up = true;
                job->is_reported = true;
            }
            if (thread->client)
                unwanted.splice(unwanted.end(), thread->client->waiting);
        }
        while (!order.empty()) {
            Client& client = *order.front();
            unwanted.splice(unwanted.end(), client.waiting);
            client.node.splice(client.node.begin(), order, client.place);
        }
        for (const auto& job : unwanted)
            job->is_waiting = false;
        work_came.notify_all();
        thread_ended.wait_for(lock, SilenceOfTheLost, [this] {
            return std::ranges::all_of(threads,
                                       [](const auto& thread) { return thread->has_ended; });
        });
        is_deserted = true;
        unwanted.splice(unwanted.end(), finished);
        lost.clear();
        clients.clear();
        for (const auto& thread : threads) {
            if (!thread->has_ended)
                thread->thread.detach();
        }
    }
    for (const auto& thread : threads) {
        if (thread->thread.joinable())
            thread->thread.join();
    }
    threads.clear();
    clear(unwanted);
    for (wl_event_source* source : {finished_source, idle_source, watchdog}) {
        if (source)
            wl_event_source_remove(source);
    }
}

} // namespace tarmac
