// Whichever system call of ours fails, the compositor lives on, and so do clients that didn't ask
// for it; descriptors that were got until then are given back.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "support/tried.hpp"
#include "support/victim.hpp"

using namespace test;

namespace {

/// Calls until one fails, in whatever thread; below 0: none does.
std::atomic<int> n_until_failure = -1;
std::atomic<bool> is_counting = false;

bool fails(int error) {
    if (!is_counting || n_until_failure-- != 0)
        return false;
    errno = error;
    return true;
}

/// Has a call fail, the `n`th from now on, in turns of the shell's event loop, and in other threads
/// at any time.
class FailingCall {
public:
    FailingCall(LocalShell& shell, int n) : shell_{shell} {
        n_until_failure = n;
        shell.before_turn = [] { is_counting = true; };
        shell.after_turn = [] { is_counting = false; };
    }
    ~FailingCall() { shell_.before_turn = shell_.after_turn = nullptr; }
    FailingCall(const FailingCall&) = delete;
    FailingCall& operator=(const FailingCall&) = delete;

    bool has_come() const { return n_until_failure < 0; }

private:
    LocalShell& shell_;
};

} // namespace

// What this program is linked with: see test/meson.build. Only what is linked statically calls
// them.
extern "C" {
void* __real_mmap64(void* address, size_t size, int access, int flags, int fd, off_t offset);
void* __wrap_mmap64(void* address, size_t size, int access, int flags, int fd, off_t offset);
int __real_ioctl(int fd, unsigned long request, void* argument);
int __wrap_ioctl(int fd, unsigned long request, void* argument);
int __real_open64(const char* path, int flags, mode_t mode);
int __wrap_open64(const char* path, int flags, mode_t mode);
int __real_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument);
off64_t __real_lseek64(int fd, off64_t offset, int whence);
off64_t __wrap_lseek64(int fd, off64_t offset, int whence);
int __real_memfd_create(const char* name, unsigned flags);
int __wrap_memfd_create(const char* name, unsigned flags);
int __real_statx(int fd, const char* path, int flags, unsigned mask, struct statx* status);
int __wrap_statx(int fd, const char* path, int flags, unsigned mask, struct statx* status);
int __real_poll(pollfd* files, nfds_t n, int timeout);
int __wrap_poll(pollfd* files, nfds_t n, int timeout);
}

void* __wrap_mmap64(void* address, size_t size, int access, int flags, int fd, off_t offset) {
    return fails(ENOMEM) ? MAP_FAILED : __real_mmap64(address, size, access, flags, fd, offset);
}
int __wrap_ioctl(int fd, unsigned long request, void* argument) {
    return fails(EIO) ? -1 : __real_ioctl(fd, request, argument);
}
int __wrap_open64(const char* path, int flags, mode_t mode) {
    return fails(EMFILE) ? -1 : __real_open64(path, flags, mode);
}
int __wrap_fcntl64(int fd, int command, long argument) {
    return command == F_DUPFD_CLOEXEC && fails(EMFILE) ? -1 : __real_fcntl64(fd, command, argument);
}
off64_t __wrap_lseek64(int fd, off64_t offset, int whence) {
    return fails(ESPIPE) ? -1 : __real_lseek64(fd, offset, whence);
}
int __wrap_statx(int fd, const char* path, int flags, unsigned mask, struct statx* status) {
    return fails(EIO) ? -1 : __real_statx(fd, path, flags, mask, status);
}
int __wrap_memfd_create(const char* name, unsigned flags) {
    return fails(EMFILE) ? -1 : __real_memfd_create(name, flags);
}
int __wrap_poll(pollfd* files, nfds_t n, int timeout) {
    return fails(ENOMEM) ? -1 : __real_poll(files, n, timeout);
}

TEST_CASE("whichever system call fails, clients get their answers or are ended") {
    const Sample sample = GENERATE(from_range(samples()));
    LocalShell shell{sample.drawing};
    Bystander other{shell};
    int n = 0, n_survived = 0;
    std::size_t before = 0;
    for (bool has_come = true; has_come && n < 500; ++n) {
        INFO("the call after " << n);
        n_survived += survives(shell, sample, [&](const auto& act) {
            const FailingCall failing{shell, n};
            act();
            has_come = failing.has_come();
        });
        tried(has_come, "system calls that fail");
        shell.clients.pop_back();
        other.show(n % 2 == 0);
        shell.settle();
        // What is made once, however often something fails, is there after the first.
        if (n == 0)
            before = count_open_fds();
        else
            CHECK(count_open_fds() <= before);
    }
    CHECK(n > 5);
    CHECK(n < 500);
    CHECK(n_survived > 1);
}
