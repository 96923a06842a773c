#include "compositor/drm_node.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xf86drm.h>

#include "dmabuf/formatted.hpp"

namespace tarmac::compositor {

namespace fs = std::filesystem;

namespace {

std::string take_string(char* text) {
    const std::unique_ptr<char, decltype(&std::free)> owned{text, &std::free};
    return owned ? owned.get() : "";
}

std::string place_of(const struct stat& node) {
    std::error_code failed;
    const fs::path place = fs::canonical(
        formatted("/sys/dev/char/{}:{}/device", major(node.st_rdev), minor(node.st_rdev)), failed);
    return failed ? "" : place.string();
}

} // namespace

std::expected<DrmNode, std::string> DrmNode::open(const std::string& path) {
    Fd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (!fd)
        return std::unexpected(formatted("Can't open {}: {}.", path, std::strerror(errno)));
    std::string place = device_place(fd.get());
    switch (drmGetNodeTypeFromFd(fd.get())) {
    case DRM_NODE_RENDER:
        return DrmNode{path, true, path, std::move(place), std::move(fd)};
    case DRM_NODE_PRIMARY:
        return DrmNode{
            path, false, take_string(drmGetRenderDeviceNameFromFd(fd.get())), std::move(place), {}};
    default:
        return std::unexpected(formatted("{} isn't a DRM device.", path));
    }
}

std::string drm_node_path(int fd) {
    const std::string path = fd < 0 ? "" : take_string(drmGetDeviceNameFromFd2(fd));
    return path.empty() ? "none" : path;
}

bool is_unplugged(int fd) noexcept {
    std::uint64_t ignored = 0;
    return fd >= 0 && drmGetCap(fd, DRM_CAP_PRIME, &ignored) != 0 && errno == ENODEV;
}

std::string device_place(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) == 0 ? place_of(status) : "";
}

std::string device_place(int fd) {
    struct stat status;
    return fd >= 0 && fstat(fd, &status) == 0 ? place_of(status) : "";
}

bool has_nodes_in(const std::string& place) {
    std::error_code failed;
    return !place.empty() && fs::exists(fs::path{place} / "drm", failed);
}

std::string render_node_in(const std::string& place) {
    std::error_code failed;
    if (place.empty())
        return "";
    for (const auto& entry : fs::directory_iterator{fs::path{place} / "drm", failed}) {
        const std::string node = entry.path().filename();
        if (node.starts_with("renderD"))
            return "/dev/dri/" + node;
    }
    return "";
}

} // namespace tarmac::compositor
