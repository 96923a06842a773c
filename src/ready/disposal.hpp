#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <tarmac/buffer.hpp>

#include "ready/import_queue.hpp"
#include "ready/worker_pool.hpp"
#include "wlr/listener.hpp"

namespace tarmac {

/// Where pictures go that nobody needs any more, since freeing large ones takes longer than a turn
/// of the event loop may: what a renderer keeps with a buffer is given up in turns of its own,
/// under the budget of imports, and memory is freed on a worker. Buffers keep it, and may outlive
/// the rest.
class Disposal {
public:
    /// Goes from the last to the first.
    struct Unused {
        std::shared_ptr<const void> charge;   ///< kept until the rest is free
        std::shared_ptr<const void> memory{}; ///< may be freed on any thread
        std::uint64_t size = 0;               ///< of the memory, in bytes
        BufferPtr buffer{};                   ///< nullptr: none
    };

    Disposal(ImportQueue& turns, WorkerPool& workers) : turns_{&turns}, workers_{&workers} {}
    Disposal(const Disposal&) = delete;
    Disposal& operator=(const Disposal&) = delete;

    /// Disposes of what a client had, when nobody has the buffer locked any more. `client` is only
    /// compared.
    void dispose(wl_client* client, Unused unused) noexcept;
    /// Frees something of what `client` had at once, to make room for what it wants now. False if
    /// nothing can be freed.
    bool free_one(wl_client* client);
    /// Gives up at once what renderers keep with buffers that nobody has locked: a renderer goes.
    void finish();
    /// Frees all at once, and from now on whatever comes: the queue and the workers go.
    void retire();

private:
    /// Freed by whom comes first, a worker or free_one().
    struct Memory {
        std::shared_ptr<const void> memory;
        std::atomic_flag is_taken{};

        bool free() {
            const bool is_first = !is_taken.test_and_set();
            if (is_first)
                memory.reset();
            return is_first;
        }
    };
    struct Entry : std::enable_shared_from_this<Entry> {
        Entry(wl_client* c, Unused u) : client{c}, unused{std::move(u)} {}

        wl_client* client;
        Unused unused;
        Listener released;
        ImportQueue::Ticket turn;
        std::shared_ptr<Memory> memory; ///< once a worker may free it
        WorkerPool::Ticket freeing;
    };
    using EntryPtr = std::shared_ptr<Entry>;

    /// Frees all of the entry at once if there is no memory to do it `later`.
    void free_later(const EntryPtr& entry, auto&& later) noexcept;
    void await_release(const EntryPtr& entry);
    void await_turn(const EntryPtr& entry);
    void give_up_buffer(const EntryPtr& entry);

    ImportQueue* turns_; ///< nullptr when retired
    WorkerPool* workers_;
    std::set<EntryPtr> entries_;
};

} // namespace tarmac
