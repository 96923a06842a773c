#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "protocol/cases.hpp"

namespace test {

using tarmac::Fd;

PlaneFiles::PlaneFiles(const Fd& dmabuf) : dmabuf_{dmabuf.get()} {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw std::system_error{errno, std::generic_category(), "pipe"};
    files_[Pipe] = Fd{ends[0]};
    const Fd writer{ends[1]};
    files_[DevNull] = Fd{open("/dev/null", O_RDWR | O_CLOEXEC)};
    files_[Memfd] = Fd{memfd_create("not-a-dmabuf", MFD_CLOEXEC)};
    files_[Socket] = Fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    files_[Directory] = Fd{open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    files_[DeletedFile] = Fd{open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    files_[PathOnly] =
        Fd{open(("/proc/self/fd/" + std::to_string(dmabuf_)).c_str(), O_PATH | O_CLOEXEC)};
    files_[Eventfd] = Fd{eventfd(0, EFD_CLOEXEC)};
    for (const Kind kind : {Memfd, DeletedFile}) {
        if (ftruncate(files_[kind].get(), CardSize) != 0)
            throw std::system_error{errno, std::generic_category(), "ftruncate"};
    }
}

int PlaneFiles::get(Kind kind) const {
    return kind == Dmabuf ? dmabuf_ : files_[kind].get();
}

} // namespace test
