#include "fuzz/fake_files.hpp"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fuzz/input.hpp"

namespace {

// The kernel's greatest number of open files (fs.nr_open) is less unless somebody raises it. As
// /proc has nothing to say about these, the file system is asked.
constexpr int First = 1 << 28;
constexpr unsigned MostFiles = 64;

struct Opened {
    test::FakeFile file;
    bool is_open;
};
std::array<Opened, MostFiles> files;
unsigned n_files = 0;

Opened* find(int fd) {
    const int place = fd - First;
    return place >= 0 && place < static_cast<int>(n_files) ? &files[static_cast<unsigned>(place)]
                                                           : nullptr;
}

/// What is asked of the kernel has to be open.
const test::FakeFile* find_open(int fd) {
    const Opened* opened = find(fd);
    if (opened)
        FUZZ_CHECK(opened->is_open, "a closed descriptor is used");
    return opened ? &opened->file : nullptr;
}

} // namespace

extern "C" {
// As the linker names them
int __real_close(int fd);
int __wrap_close(int fd);
int __real_fcntl64(int fd, int command, ...);
int __wrap_fcntl64(int fd, int command, ...);
int __real_fstatfs64(int fd, struct statfs* status);
int __wrap_fstatfs64(int fd, struct statfs* status);
off_t __real_lseek64(int fd, off_t offset, int from);
off_t __wrap_lseek64(int fd, off_t offset, int from);
int __real_statx(int fd, const char* path, int flags, unsigned mask, struct statx* status);
int __wrap_statx(int fd, const char* path, int flags, unsigned mask, struct statx* status);
}

int __wrap_close(int fd) {
    Opened* opened = find(fd);
    if (!opened)
        return __real_close(fd);
    FUZZ_CHECK(opened->is_open, "a descriptor is closed twice");
    opened->is_open = false;
    return 0;
}

int __wrap_fcntl64(int fd, int command, ...) {
    if (const test::FakeFile* file = find_open(fd)) {
        FUZZ_CHECK(command == F_GETFL, "more is asked of a descriptor than is made up");
        return file->is_writable ? O_RDWR : O_RDONLY;
    }
    va_list arguments;
    va_start(arguments, command);
    const long argument = va_arg(arguments, long);
    va_end(arguments);
    return __real_fcntl64(fd, command, argument);
}

int __wrap_fstatfs64(int fd, struct statfs* status) {
    const test::FakeFile* file = find_open(fd);
    if (!file)
        return __real_fstatfs64(fd, status);
    *status = {};
    status->f_type = file->is_dmabuf ? DMA_BUF_MAGIC : TMPFS_MAGIC;
    return 0;
}

off_t __wrap_lseek64(int fd, off_t offset, int from) {
    const test::FakeFile* file = find_open(fd);
    if (!file)
        return __real_lseek64(fd, offset, from);
    if (file->tells_size)
        return static_cast<off_t>(file->size);
    errno = ESPIPE;
    return -1;
}

int __wrap_statx(int fd, const char* path, int flags, unsigned mask, struct statx* status) {
    const test::FakeFile* file = find_open(fd);
    if (!file)
        return __real_statx(fd, path, flags, mask, status);
    *status = {};
    status->stx_mask = STATX_INO;
    status->stx_ino = file->inode;
    status->stx_dev_major = 0xdb;
    status->stx_dev_minor = file->is_dmabuf ? 1 : 2;
    return 0;
}

namespace test {

tarmac::Fd open_fake_file(const FakeFile& file) {
    FUZZ_CHECK(n_files < MostFiles, "too many files for an input");
    files[n_files] = {file, true};
    return tarmac::Fd{First + static_cast<int>(n_files++)};
}

unsigned count_open_fake_files() {
    unsigned n = 0;
    for (unsigned i = 0; i < n_files; ++i)
        n += files[i].is_open;
    return n;
}

void forget_fake_files() {
    n_files = 0;
}

} // namespace test
