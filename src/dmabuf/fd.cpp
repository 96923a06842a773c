#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <tarmac/fd.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace tarmac {

Fd::~Fd() {
    if (fd_ >= 0)
        close(fd_);
}

Result<Fd> Fd::duplicate(int borrowed) {
    const int fd = fcntl(borrowed, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return fail(Fault::OutOfResources, formatted("file descriptor {} can't be duplicated: {}",
                                                     borrowed, std::strerror(errno)));
    return Fd{fd};
}

} // namespace tarmac
