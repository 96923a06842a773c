#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/input.hpp"

namespace test {

/// Memory between pages that nobody may touch: whoever reads or writes a byte beyond one of its
/// ends is ended by the kernel, also code that no sanitizer has been compiled into.
class GuardedMemory {
public:
    explicit GuardedMemory(std::size_t most) : size_{(most / page() + 1) * page()} {
        void* all =
            mmap(nullptr, size_ + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        FUZZ_CHECK(all != MAP_FAILED, "no memory");
        memory_ = static_cast<std::uint8_t*>(all) + page();
        FUZZ_CHECK(mprotect(memory_, size_, PROT_READ | PROT_WRITE) == 0, "no memory");
    }
    ~GuardedMemory() { munmap(memory_ - page(), size_ + 2 * page()); }
    GuardedMemory(const GuardedMemory&) = delete;
    GuardedMemory& operator=(const GuardedMemory&) = delete;

    /// `size` bytes of it: the last ones, or the first ones.
    std::span<std::uint8_t> part(std::size_t size, bool is_at_end) {
        FUZZ_CHECK(size <= size_, "more than there is");
        return {is_at_end ? memory_ + size_ - size : memory_, size};
    }
    std::span<std::uint8_t> all() { return {memory_, size_}; }

private:
    static std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

    std::size_t size_;
    std::uint8_t* memory_;
};

} // namespace test
