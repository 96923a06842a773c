#include "protocol/inspection_socket.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

constexpr int Backlog = 8;

std::unexpected<Error> fail_with_errno(const std::string& path, const char* doing) {
    return fail(Fault::NotAvailable,
                formatted("the socket {} can't be {}: {}", path, doing, std::strerror(errno)));
}

const sockaddr* as_address(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

/// Whether somebody listens there.
bool is_in_use(const sockaddr_un& address) {
    const Fd probe{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    // It is also in use where the queue of those who want to connect is full.
    return probe &&
           (connect(probe.get(), as_address(address), sizeof address) == 0 || errno == EAGAIN);
}

bool is_socket(const std::string& path) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

} // namespace

Result<InspectionSocket> InspectionSocket::create(std::string path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return fail(Fault::NotAvailable,
                    formatted("the socket's path has {} bytes, and may have 1 to {}", path.size(),
                              sizeof address.sun_path - 1));
    path.copy(address.sun_path, path.size());
    Fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!fd)
        return fail_with_errno(path, "made");
    if (is_socket(path) && !is_in_use(address))
        unlink(path.c_str());
    if (bind(fd.get(), as_address(address), sizeof address) != 0)
        return fail_with_errno(path, "made");
    InspectionSocket made{std::move(path), std::move(fd)};
    // Nobody can connect before it listens.
    if (chmod(made.path().c_str(), 0600) != 0)
        return fail_with_errno(made.path(), "closed to others");
    if (listen(made.fd_.get(), Backlog) != 0)
        return fail_with_errno(made.path(), "listened on");
    return made;
}

InspectionSocket::InspectionSocket(InspectionSocket&& other) noexcept
    : path_{std::exchange(other.path_, {})}, fd_{std::move(other.fd_)} {}

InspectionSocket::~InspectionSocket() {
    if (!path_.empty())
        unlink(path_.c_str());
}

} // namespace tarmac
