#include "ready/bus_fault_guard.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace tarmac {

/// A range, written under the table's lock and read by the handler at any moment. Who faults in a
/// range keeps it in the table: a slot that changes meanwhile is another's.
struct GuardedRange::Slot {
    std::atomic<unsigned> version = 0; ///< odd while the rest is written
    std::atomic<std::uintptr_t> start = 0, end = 0;
    std::atomic<bool> has_faulted = false;
    Slot* next_free = nullptr;

    void set(std::uintptr_t new_start, std::uintptr_t new_end) noexcept {
        version.fetch_add(1);
        start.store(new_start);
        end.store(new_end);
        has_faulted.store(false);
        version.fetch_add(1);
    }
    struct Bounds {
        std::uintptr_t start = 0, end = 0;
    };
    Bounds get() const noexcept {
        const unsigned before = version.load();
        const Bounds bounds{start.load(), end.load()};
        return before % 2 == 0 && version.load() == before ? bounds : Bounds{};
    }
};

/// Slots that stay where they are, for the handler's sake.
struct GuardedRange::Chunk {
    std::array<Slot, 64> slots;
    Chunk* next = nullptr;
};

struct GuardedRange::Table {
    // The handler takes no lock.
    std::atomic<Chunk*> chunks = nullptr;
    std::mutex mutex;
    Slot* free = nullptr;
    struct sigaction before{};

    static Table& get() noexcept {
        // Never destroyed: threads that were given up may fault at any time.
        static Table& table = *new Table;
        return table;
    }

    Slot* take() {
        const std::lock_guard lock{mutex};
        if (!free) {
            auto* chunk = new Chunk;
            for (Slot& slot : chunk->slots)
                slot.next_free = std::exchange(free, &slot);
            chunk->next = chunks.load();
            chunks.store(chunk);
        }
        return std::exchange(free, free->next_free);
    }
    void give_back(Slot* slot) noexcept {
        const std::lock_guard lock{mutex};
        slot->set(0, 0);
        slot->next_free = std::exchange(free, slot);
    }

    /// Async-signal-safe, as far as mmap() is, which is a mere system call.
    bool mend(std::uintptr_t address) noexcept {
        for (Chunk* chunk = chunks.load(); chunk; chunk = chunk->next) {
            for (Slot& slot : chunk->slots) {
                const auto [start, end] = slot.get();
                if (address < start || address >= end)
                    continue;
                slot.has_faulted.store(true);
                return mmap(reinterpret_cast<void*>(start), end - start, PROT_READ | PROT_WRITE,
                            MAP_FIXED | MAP_ANONYMOUS | MAP_PRIVATE, -1, 0) != MAP_FAILED;
            }
        }
        return false;
    }

    static void handle(int signal, siginfo_t* info, void* context) noexcept {
        const int error = errno;
        Table& table = get();
        // Of signals that a process sent, the address means nothing.
        if (info->si_code <= 0 || !table.mend(reinterpret_cast<std::uintptr_t>(info->si_addr)))
            table.pass_on(signal, info, context);
        errno = error;
    }

    void pass_on(int signal, siginfo_t* info, void* context) noexcept {
        if (before.sa_flags & SA_SIGINFO) {
            before.sa_sigaction(signal, info, context);
        } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
            before.sa_handler(signal);
        } else if (info->si_code > 0 || before.sa_handler == SIG_DFL) {
            // A fault ends the process even where the signal is ignored: it comes again when this
            // returns.
            struct sigaction by_default{};
            by_default.sa_handler = SIG_DFL;
            sigaction(signal, &by_default, nullptr);
            if (info->si_code <= 0)
                raise(signal);
        }
    }
};

void install_bus_fault_guard() noexcept {
    static const bool is_installed = [] {
        auto& table = GuardedRange::Table::get();
        struct sigaction action{};
        action.sa_sigaction = GuardedRange::Table::handle;
        action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        // The old one is read before the new one can run.
        return sigaction(SIGBUS, nullptr, &table.before) == 0 &&
               sigaction(SIGBUS, &action, nullptr) == 0;
    }();
    static_cast<void>(is_installed);
}

GuardedRange::GuardedRange(const void* start, std::size_t size) {
    install_bus_fault_guard();
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<std::uintptr_t>(start);
    slot_ = Table::get().take();
    slot_->set(first, (first + size + page - 1) / page * page);
}

GuardedRange::GuardedRange(GuardedRange&& other) noexcept
    : slot_{std::exchange(other.slot_, nullptr)} {}

GuardedRange& GuardedRange::operator=(GuardedRange&& other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
}

GuardedRange::~GuardedRange() {
    if (slot_)
        Table::get().give_back(slot_);
}

bool GuardedRange::has_faulted() const noexcept {
    return slot_ && slot_->has_faulted.load();
}

} // namespace tarmac
