// For LD_PRELOAD: gives programs writable descriptors of the buffers that they export, which Mesa's
// software winsys forgets to ask for and Mesa's software Vulkan needs to import them again.

#include <cstdint>
#include <dlfcn.h>
#include <fcntl.h>

extern "C" int drmPrimeHandleToFD(int fd, std::uint32_t handle, std::uint32_t flags,
                                  int* prime_fd) {
    using Function = int(int, std::uint32_t, std::uint32_t, int*);
    static auto* const real = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "drmPrimeHandleToFD"));
    return real(fd, handle, flags | O_RDWR, prime_fd);
}
