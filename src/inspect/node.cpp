#include "inspect/node.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace tarmac::inspect {

namespace {

std::string group_name(gid_t id) {
    const group* entry = getgrgid(id);
    return entry ? entry->gr_name : std::to_string(id);
}

std::string user_name(uid_t id) {
    const passwd* entry = getpwuid(id);
    return entry ? entry->pw_name : std::to_string(id);
}

std::string explain_denial(const std::string& path) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0)
        return "a directory on the way to it can't be entered";
    const std::string group = group_name(status.st_gid);
    const std::string owned = formatted("it belongs to {}:{} with mode {:04o}",
                                        user_name(status.st_uid), group, status.st_mode & 07777);
    const std::string read_only = access(path.c_str(), R_OK) == 0
                                      ? ", so it may only be read, and drawing wants both; "
                                      : "; ";
    const bool is_groups = (status.st_mode & 060) == 060 && status.st_gid != 0;
    if (is_groups)
        return owned + read_only +
               formatted("`sudo usermod -aG {} {}` and another login let you", group,
                         user_name(getuid()));
    return owned + read_only + "a udev rule that gives it to the group render or video would help";
}

std::string explain_absence(const std::string& path) {
    if (path == "/dev/udmabuf")
        return "`sudo modprobe udmabuf` may bring it, where the kernel has CONFIG_UDMABUF";
    if (path.starts_with("/dev/dma_heap/"))
        return "the kernel has no such heap (CONFIG_DMABUF_HEAPS_SYSTEM)";
    return "the device is gone, or nobody has put its file into this container";
}

std::string explain(const std::string& path, int error) {
    const std::string what = std::strerror(error);
    switch (error) {
    case EACCES:
        return what + ": " + explain_denial(path);
    case EPERM:
        return what + ": the rules of this container or service have no such device "
                      "(docker run --device, DeviceAllow= of systemd)";
    case ENOENT:
        return what + ": " + explain_absence(path);
    case ENODEV:
    case ENXIO:
        return what + ": the driver behind it is gone";
    default:
        return what;
    }
}

} // namespace

std::expected<Fd, std::string> open_node(const std::string& path) {
    Fd fd{open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK)};
    if (!fd)
        return std::unexpected(explain(path, errno));
    return fd;
}

std::string problem_of(const std::string& path) {
    const auto opened = open_node(path);
    return opened ? "" : opened.error();
}

} // namespace tarmac::inspect
