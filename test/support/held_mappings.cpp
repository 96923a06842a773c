#include "support/held_mappings.hpp"

#include <atomic>
#include <sys/mman.h>
#include <unistd.h>

namespace {

/// The thread that holds them, or 0.
std::atomic<pid_t> holder;

} // namespace

extern "C" {
// As the linker names them
void* __real_mmap64(void* address, size_t size, int access, int flags, int fd, off_t offset);
void* __wrap_mmap64(void* address, size_t size, int access, int flags, int fd, off_t offset);
}

void* __wrap_mmap64(void* address, size_t size, int access, int flags, int fd, off_t offset) {
    for (pid_t held_by = holder; held_by != 0 && held_by != gettid(); held_by = holder)
        holder.wait(held_by);
    return __real_mmap64(address, size, access, flags, fd, offset);
}

namespace test {

HeldMappings::HeldMappings() {
    holder = gettid();
}

HeldMappings::~HeldMappings() {
    holder = 0;
    holder.notify_all();
}

} // namespace test
