#include "ready/disposal.hpp"

#include <algorithm>
#include <utility>

#include "wlr/guard.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// Freeing less takes no longer than waking a worker.
constexpr std::uint64_t SmallMemory = 1 << 20;

} // namespace

void Disposal::dispose(wl_client* client, Unused unused) noexcept {
    if (!turns_ || (!unused.buffer && unused.size <= SmallMemory))
        return;
    guard([&] {
        const auto entry = std::make_shared<Entry>(client, std::move(unused));
        entries_.insert(entry);
        free_later(entry, [&] { await_release(entry); });
    });
}

void Disposal::free_later(const EntryPtr& entry, auto&& later) noexcept {
    if (!guard(later))
        entries_.erase(entry);
}

void Disposal::await_release(const EntryPtr& entry) {
    wlr_buffer* buffer = entry->unused.buffer.get();
    if (!buffer || buffer->n_locks == 0)
        return await_turn(entry);
    entry->released.connect(buffer->events.release, [this, waiting = entry.get()] {
        const auto entry = waiting->shared_from_this();
        entry->released.disconnect();
        free_later(entry, [&] { await_turn(entry); });
    });
}

void Disposal::await_turn(const EntryPtr& entry) {
    if (!turns_)
        return;
    const auto work = [this, weak = std::weak_ptr{entry}] {
        if (const auto waiting = weak.lock())
            free_later(waiting, [&] { give_up_buffer(waiting); });
    };
    entry->turn = turns_->push(entry->client, work, ImportQueue::Kind::Other);
}

void Disposal::give_up_buffer(const EntryPtr& entry) {
    entry->turn = {};
    entry->unused.buffer.reset();
    if (entry->unused.size <= SmallMemory) {
        entries_.erase(entry);
        return;
    }
    entry->memory = std::make_shared<Memory>(std::move(entry->unused.memory));
    // The charge is kept for the memory's destructor, which may need it for longer than the entry
    // is there. The pool destroys what work has on this thread.
    entry->freeing = workers_->submit(
        this,
        [memory = entry->memory, charge = entry->unused.charge](WorkerPool::Control&) {
            memory->free();
            return WorkerPool::Outcome::Done;
        },
        [this, weak = std::weak_ptr{entry}](WorkerPool::Outcome) { entries_.erase(weak.lock()); });
}

bool Disposal::free_one(wl_client* client) {
    const auto found = std::ranges::find_if(entries_, [client](const EntryPtr& entry) {
        const wlr_buffer* buffer = entry->unused.buffer.get();
        return entry->client == client && (!buffer || buffer->n_locks == 0) &&
               (!entry->memory || entry->memory->free());
    });
    if (found == entries_.end())
        return false;
    entries_.erase(found);
    return true;
}

void Disposal::finish() {
    for (const EntryPtr& entry : std::set{entries_}) {
        const wlr_buffer* buffer = entry->unused.buffer.get();
        if (buffer && buffer->n_locks == 0)
            free_later(entry, [&] { give_up_buffer(entry); });
    }
}

void Disposal::retire() {
    turns_ = nullptr;
    workers_ = nullptr;
    const auto gone = std::exchange(entries_, {});
}

} // namespace tarmac
