#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tarmac {

/// Makes SIGBUS a matter of guarded ranges, for the whole process. To be called early on the event
/// loop's thread, while nobody reads a wl_shm buffer; further calls do nothing.
///
/// Faults elsewhere go to the handler that was there before. wlroots puts a handler of its own over
/// this one while a wl_shm buffer is read, and passes on what isn't its own. One race stays: a
/// worker's fault in the moment when the event loop begins or ends such an access may find wlroots'
/// handler without an access, which ends the process by wlroots' assertion. It takes an exporter
/// that takes memory away and that moment, of less than a microsecond, together.
void install_bus_fault_guard() noexcept;

/// Memory that others may take away while it is used, as a driver or whoever truncates a file can.
/// An access that faults doesn't end the process: from then on the whole range is memory of zeros
/// that nobody else sees.
class GuardedRange {
    struct Slot;
    struct Table;
    struct Chunk;

public:
    GuardedRange() noexcept = default;
    /// `start` is the start of a mapping. To be destroyed before it is unmapped.
    GuardedRange(const void* start, std::size_t size);
    GuardedRange(GuardedRange&& other) noexcept;
    GuardedRange& operator=(GuardedRange&& other) noexcept;
    ~GuardedRange();

    /// Whether an access faulted, ever. What was read since, and maybe just before, isn't the
    /// picture, and what was written isn't there.
    bool has_faulted() const noexcept;

private:
    friend void install_bus_fault_guard() noexcept;

    Slot* slot_ = nullptr;
};

} // namespace tarmac
